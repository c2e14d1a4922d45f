/**
 * `workflow`: a workflow configuration written in JavaScript, in a file below motia/workflows.
 *
 * Nothing is checked here but that it is JSON: the engine reads configurations of all languages alike.
 */

import type { WorkflowOptions } from '../types.js';
import { encodeJson, shown } from './encoding.js';
import { callerPosition } from './positions.js';
import { addFaults, isCollecting, type Position } from './registry.js';

export const WORKFLOWS_DIR = 'motia/workflows/';

/** One call of `workflow`: its options, or why they are no JSON. */
export type DeclaredWorkflow = Position & ({ readonly options: unknown } | { readonly problem: string });

let declared: DeclaredWorkflow[] | undefined;

/** The list that every call is added to from now on. */
export function collectWorkflows(): readonly DeclaredWorkflow[] {
  declared = [];
  return declared;
}

/**
 * Configure a workflow: which step runs after which. Only in files below `motia/workflows`.
 *
 * Returns the options; what is wrong with them is told when the project is loaded.
 */
export function workflow<const Options extends WorkflowOptions>(options: Options): Options {
  const position = callerPosition();
  if (declared !== undefined) declared.push(read(options, position));
  else if (isCollecting() && !position.file.startsWith(WORKFLOWS_DIR)) addFaults([misplaced(options, position)]);
  return options;
}

function read(options: unknown, position: Position): DeclaredWorkflow {
  try {
    return { ...position, options: JSON.parse(encodeJson(options, 'the value')) };
  } catch (error) {
    return { ...position, problem: error instanceof Error ? error.message : String(error) };
  }
}

function misplaced(options: WorkflowOptions, position: Position) {
  return {
    code: 'workflow-misplaced',
    ...position,
    message: `the workflow ${shown(options?.id)} is configured in a step file, where nobody reads it`,
    hint: `move it to a file below ${WORKFLOWS_DIR}`,
  };
}
