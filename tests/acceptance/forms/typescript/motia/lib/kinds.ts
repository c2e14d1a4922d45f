// A helper with what only TypeScript has: an enum, a namespace, a decorator, types among values.
export enum Colour {
  Red = 'red',
  Green = 'green',
}

export namespace Sizes {
  export const least = 1;
  export function all(): number[] {
    return [least, least + 1];
  }
}

export interface Sms {
  phone: string;
  text: string;
}

export function counted(_target: object, name: string, found: PropertyDescriptor): PropertyDescriptor {
  const inner = found.value as (...values: unknown[]) => unknown;
  return {
    ...found,
    value(this: unknown, ...values: unknown[]) {
      return `${name}:${inner.apply(this, values)}`;
    },
  };
}
