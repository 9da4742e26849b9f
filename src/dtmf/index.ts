// Key presses in, actions out. May import conference/; imported by calls/.
export { actionNamed, actionSpellings, type Action, type ActionName } from './actions.js';
export { applyAction, type ActionResult } from './apply-action.js';
export { ButtonReader, type ButtonReaderOptions } from './button-reader.js';
export {
  builtInGroups,
  controlGroupFor,
  parseGroup,
  type Control,
  type ControlGroup,
  type ParsedGroup,
} from './control-groups.js';
export { isDigit, type Digit } from './digit.js';
export { DigitMerge, type DigitWay } from './digit-merge.js';
export {
  DtmfListener,
  parseDtmfDatagram,
  type DtmfEvent,
  type DtmfListenerOptions,
} from './dtmf-listener.js';
export { parseSipInfo, type InfoDigit } from './sip-info.js';
