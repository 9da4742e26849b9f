// The action of a PUT and its arguments. Kazoo finds the action in `data` or beside it, and the arguments in `data` of
// `data` or in `data` itself.
import { isObject } from '../../conference/document.js';
import { systemError } from './errors.js';
import type { ApiCall } from './resource.js';

/** @throws KazooError faulty_request when no action of these is asked for */
export function actionOf<Name extends string>(
  call: Pick<ApiCall, 'data' | 'action'>,
  names: readonly Name[],
): Name {
  const named = (asked: unknown) => names.find((name) => name === asked);
  // The arguments of an action beside `data` may have an `action` of their own: `record` has start and stop.
  const action = named(isObject(call.data) ? call.data.action : undefined) ?? named(call.action);
  if (action === undefined) throw systemError('faulty_request');
  return action;
}

export function argumentsOf({ data }: Pick<ApiCall, 'data'>): unknown {
  return isObject(data) && isObject(data.data) ? data.data : data;
}
