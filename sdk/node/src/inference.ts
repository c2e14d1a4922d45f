/** Owns what a schema says to the compiler: the types of its input and its output, whatever it is written in. */

/** The part of Standard Schema v1 that types lean on; zod 3.24+ and zod 4, valibot and arktype have it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => unknown;
  };
}

/** zod before 3.24, which has no `~standard`. */
export interface ZodLike<Input = unknown, Output = Input> {
  readonly _input: Input;
  readonly _output: Output;
  readonly _def: object;
}

/** JSON Schema, draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Whatever a schema may be written as. */
export type Schema = StandardSchema<any, any> | ZodLike<any, any> | JsonSchema | boolean;

/** What a handler gets for a schema: after defaults, coercion and transforms. */
export type OutputOf<S> = S extends { '~standard': { types?: { output: infer Output } | undefined } }
  ? Output
  : S extends { _output: infer Output }
    ? Output
    : FromJsonSchema<S, 'output'>;

/** What a caller sends for a schema. */
export type InputOf<S> = S extends { '~standard': { types?: { input: infer Input } | undefined } }
  ? Input
  : S extends { _input: infer Input }
    ? Input
    : FromJsonSchema<S, 'input'>;

/**
 * The type that a JSON Schema written as a literal describes; `any` where it says more than types can.
 *
 * `Side`: before or after its defaults are in.
 */
export type FromJsonSchema<S, Side extends 'input' | 'output' = 'output', Root = S> = S extends {
  $ref: infer Reference;
}
  ? Referred<Reference, Side, Root>
  : S extends { nullable: true }
    ? JsonSchemaValue<S, Side, Root> | null
    : JsonSchemaValue<S, Side, Root>;

type Referred<Reference, Side extends 'input' | 'output', Root> = Reference extends `#/$defs/${infer Name}`
  ? Root extends { $defs: infer Defs }
    ? Name extends keyof Defs
      ? FromJsonSchema<Defs[Name], Side, Root>
      : any
    : any
  : any;

type JsonSchemaValue<S, Side extends 'input' | 'output', Root> = S extends { const: infer Value }
  ? Value
  : S extends { enum: readonly (infer Value)[] }
    ? Value
    : S extends { anyOf: readonly (infer Option)[] } | { oneOf: readonly (infer Option)[] }
      ? FromEach<Option, Side, Root>
      : S extends { allOf: readonly unknown[] }
        ? any
        : S extends { type: readonly (infer Name)[] }
          ? FromNames<S, Name, Side, Root>
          : S extends { type: infer Name }
            ? FromNames<S, Name, Side, Root>
            : any;

// One alternative at a time.
type FromEach<Option, Side extends 'input' | 'output', Root> = Option extends unknown
  ? FromJsonSchema<Option, Side, Root>
  : never;

type FromNames<S, Name, Side extends 'input' | 'output', Root> = Name extends 'string'
  ? string
  : Name extends 'number' | 'integer'
    ? number
    : Name extends 'boolean'
      ? boolean
      : Name extends 'null'
        ? null
        : Name extends 'array'
          ? S extends { items: infer Items }
            ? FromJsonSchema<Items, Side, Root>[]
            : any[]
          : Name extends 'object'
            ? FromFields<S, Side, Root>
            : any;

type FromFields<S, Side extends 'input' | 'output', Root> = S extends { properties: infer Fields }
  ? Flat<
      { -readonly [Name in SureNames<S, Fields, Side>]: FromJsonSchema<Fields[Name], Side, Root> } & {
        -readonly [Name in Exclude<keyof Fields, SureNames<S, Fields, Side>>]?: FromJsonSchema<
          Fields[Name],
          Side,
          Root
        >;
      }
    >
  : S extends { additionalProperties: infer Rest extends object }
    ? Record<string, FromJsonSchema<Rest, Side, Root>>
    : Record<string, any>;

/** Fields that are there: required ones, and after defaults those that have one. */
type SureNames<S, Fields, Side extends 'input' | 'output'> = {
  [Name in keyof Fields]: Side extends 'output'
    ? Fields[Name] extends { default: unknown }
      ? Name
      : RequiredName<S, Name>
    : Fields[Name] extends { default: unknown }
      ? never
      : RequiredName<S, Name>;
}[keyof Fields];

type RequiredName<S, Name> = S extends { required: readonly (infer Required)[] }
  ? Name extends Required
    ? Name
    : never
  : never;

/** One object type instead of an intersection, for editors. */
type Flat<T> = T extends object ? { [Name in keyof T]: T[Name] } : T;
