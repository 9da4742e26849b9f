// The help, made from the table of commands.
import { commonOptions, options, type Command, type OptionName } from './command.js';

/** Of all commands, or of those that begin with these words. */
export function overview(commands: readonly Command[]): string[] {
  const usages = commands.map((command) => usageOf(command));
  const width = Math.max(...usages.map((usage) => usage.length));
  return [
    'Looks after a Partyline box, whether it runs or not.',
    '',
    ...commands.map(({ summary }, index) => `  ${usages[index]!.padEnd(width)}  ${summary}`),
    '',
    ...optionLines(commonOptions),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 conflict (number in use, box running).',
  ];
}

/** Of one command. */
export function helpOf(command: Command): string[] {
  return [
    `Usage: ${usageOf(command)} [OPTIONS]`,
    '',
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    ...(command.details ?? []),
    '',
    ...optionLines([...(command.options ?? []), ...commonOptions]),
  ];
}

export function usageOf({ words, args = [] }: Command): string {
  return ['partyline', ...words, ...args.map(({ name, optional }) => (optional ? `[${name}]` : name))].join(
    ' ',
  );
}

function optionLines(names: readonly OptionName[]): string[] {
  return names.map((name) => {
    const option = options[name];
    const form = 'value' in option ? `--${name} ${option.value}` : `--${name}`;
    return `  ${form.padEnd(15)}  ${option.text}`;
  });
}
