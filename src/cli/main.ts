// The command line: finds the command, checks what it was given, runs it and turns its end into an exit code.
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.js';
import { BoxData } from './box-data.js';
import { commonOptions, options, type Command, type OptionName, type OptionValues } from './command.js';
import { commands } from './commands.js';
import { cliError, exitCodes, usageError, type ExitCode } from './errors.js';
import { helpOf, overview, usageOf } from './help.js';
import { Output } from './output.js';

interface Parsed {
  readonly values: OptionValues;
  readonly words: readonly string[];
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  // Also when the arguments cannot be read.
  const json = argv.includes('--json');
  const output = new Output({ json, out: process.stdout, err: process.stderr });
  try {
    await run(parse(argv), output);
    return exitCodes.ok;
  } catch (thrown) {
    const error = cliError(thrown);
    if (error.message) output.error(error);
    return error.exitCode;
  }
}

async function run({ values, words }: Parsed, output: Output): Promise<void> {
  const command = commands.find((one) => one.words.every((word, index) => words[index] === word));
  if (!command) return explain(words, values.help ?? false);
  if (values.help) return print(helpOf(command));
  const args = words.slice(command.words.length);
  check(command, args, values);
  await command.run({ args, options: values, box: new BoxData(values.data, process.env), output });
}

/** All options at once, for they mean the same in every command and may stand before it. */
function parse(argv: readonly string[]): Parsed {
  const config = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: config, allowPositionals: true });
    return { values, words: positionals };
  } catch (error) {
    // The first sentence; the rest is about positional arguments that look like options.
    throw usageError(`${messageOf(error).split('. ')[0]!.replace(/\.$/, '')}. See partyline --help.`);
  }
}

/** @throws CliError usage */
function check(command: Command, args: readonly string[], values: OptionValues): void {
  const { args: wanted = [], options: own = [] } = command;
  const usage = `Usage: ${usageOf(command)}`;
  const missing = wanted.find(({ optional }, index) => !optional && args[index] === undefined);
  if (missing) throw usageError(`${missing.name} is missing. ${usage}`);
  if (args.length > wanted.length) throw usageError(`"${args[wanted.length]}" is too much. ${usage}`);
  const foreign = (Object.keys(values) as OptionName[]).find(
    (name) => !commonOptions.includes(name) && !own.includes(name),
  );
  if (foreign) throw usageError(`--${foreign} is no option of "${command.words.join(' ')}". ${usage}`);
}

/** What there is that begins with these words. @throws CliError when it was not asked for */
function explain(words: readonly string[], asked: boolean): void {
  const known = commands.filter((command) => words.every((word, index) => command.words[index] === word));
  if (asked && known.length > 0) return print(overview(known));
  if (words.length === 0) throw usageError(overview(commands).join('\n'));
  const list = (known.length > 0 ? known : commands).map((command) => command.words.join(' ')).join(', ');
  throw usageError(
    known.length > 0
      ? `"${words.join(' ')}" is only half a command: ${list}.`
      : `"${words.join(' ')}" is no command; there are ${list}.`,
  );
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

// Who reads only the first lines ("| head -1") is done with us.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
