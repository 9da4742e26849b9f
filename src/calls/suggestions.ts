// What a new conference is offered, so that nobody has to think one up: a number that leads nowhere yet, and PINs.
import { randomInt } from 'node:crypto';

/** Digits of a PIN: a guard blocks callers after a few wrong ones, so that six are beyond guessing. Ours. */
const pinLength = 6;
/** Where numbers begin, and how many are looked at. */
const firstNumber = 3000;
const lastNumber = 99_999;

/**
 * The lowest number from 3000 upwards that leads nowhere; undefined = there is none up to 99999.
 * @param taken whether a number leads somewhere
 */
export async function freeNumber(taken: (number: string) => Promise<boolean>): Promise<string | undefined> {
  for (let number = firstNumber; number <= lastNumber; number++) {
    if (!(await taken(String(number)))) return String(number);
  }
  return undefined;
}

/** So many PINs, none twice, none that a person would try first. */
export function newPins(count: number, random: (below: number) => number = randomInt): string[] {
  const pins = new Set<string>();
  while (pins.size < count) {
    const pin = String(random(10 ** pinLength)).padStart(pinLength, '0');
    if (!isObvious(pin)) pins.add(pin);
  }
  return [...pins];
}

/** Fewer than four different digits, or a run up or down. */
function isObvious(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]));
  return new Set(pin).size < 4 || steps.every((step) => step === 1) || steps.every((step) => step === -1);
}
