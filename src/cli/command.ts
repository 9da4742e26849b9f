// What a command is: its words, what it takes, and what it does. The help and the checks of what was given are made
// from this, so that they cannot differ.
import type { BoxData } from './box-data.js';
import type { Output } from './output.js';

/** Every option of every command; a name means the same everywhere. */
export const options = {
  data: { type: 'string', value: 'FOLDER', text: 'the data folder of the box (otherwise PARTYLINE_DATA)' },
  json: { type: 'boolean', text: 'print JSON instead of text' },
  help: { type: 'boolean', text: 'say what a command does' },
  kind: { type: 'string', value: 'KIND', text: 'kazoo or catapult' },
  name: { type: 'string', value: 'NAME', text: 'what the key is for' },
  user: { type: 'string', value: 'USER', text: 'Catapult: another key of this user (u-...)' },
  file: { type: 'string', value: 'FILE', text: 'take the document from a file' },
  revision: { type: 'string', value: 'N', text: 'only if this is still the revision of what is stored' },
  login: { type: 'string', value: 'NAME', text: 'user name at the peer; the password is read from input' },
  'caller-number': { type: 'string', value: 'NUMBER', text: 'shown to who is called' },
  'caller-name': { type: 'string', value: 'TEXT', text: 'shown to who is called' },
  create: { type: 'boolean', text: 'make the admin when there is none of this name' },
} as const;

export type OptionName = keyof typeof options;

/** Options that every command takes. */
export const commonOptions: readonly OptionName[] = ['data', 'json', 'help'];

export interface OptionValues {
  readonly data?: string;
  readonly json?: boolean;
  readonly help?: boolean;
  readonly kind?: string;
  readonly name?: string;
  readonly user?: string;
  readonly file?: string;
  readonly revision?: string;
  readonly login?: string;
  readonly 'caller-number'?: string;
  readonly 'caller-name'?: string;
  readonly create?: boolean;
}

/** One run of a command. */
export interface Call {
  /** In the order of the command's arguments; as many as it takes at most, and all that it must have. */
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly box: BoxData;
  readonly output: Output;
}

export interface Command {
  /** ['key', 'create'] */
  readonly words: readonly string[];
  readonly args?: readonly { readonly name: string; readonly optional?: boolean }[];
  readonly options?: readonly OptionName[];
  /** Half a sentence for the list of commands. */
  readonly summary: string;
  /** Lines for its own help. */
  readonly details?: readonly string[];
  /** @throws CliError, or what cliError understands */
  run(call: Call): Promise<void>;
}
