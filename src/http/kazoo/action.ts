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
  const asked = (isObject(call.data) ? call.data.action : undefined) ?? call.action;
  const action = names.find((name) => name === asked);
  if (action === undefined) throw systemError('faulty_request');
  return action;
}

export function argumentsOf({ data }: Pick<ApiCall, 'data'>): unknown {
  return isObject(data) && isObject(data.data) ? data.data : data;
}
