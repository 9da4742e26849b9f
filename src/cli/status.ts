// partyline status: whether the box takes calls, and if not, why, in a sentence.
import { existsSync } from 'node:fs';
import { messageOf } from '../errors.js';
import { BoxLock } from '../store/index.js';
import type { BoxData } from './box-data.js';
import type { Command } from './command.js';
import { CliError, exitCodes } from './errors.js';

/** The parts in /health, and what is wrong when one is false. */
const parts = {
  store: 'its database is not open',
  media: 'rtpengine does not answer',
  sip: 'the SIP server does not answer',
} as const;

type Part = keyof typeof parts;

export interface Status {
  /** A box has the data folder open, or answers on its port. */
  readonly running: boolean;
  /** It takes calls. */
  readonly ok: boolean;
  /** A sentence. */
  readonly message: string;
  /** What /health says of each part; absent = no answer. */
  readonly parts?: Readonly<Partial<Record<Part, boolean>>>;
}

/** A box that answers at all answers within this, ms. */
const patienceMs = 3000;
const mostBytes = 65_536;

export const statusCommands: readonly Command[] = [
  {
    words: ['status'],
    summary: 'say whether the box takes calls, and if not, why',
    details: ['The exit code is 0 only when it does.'],
    async run({ box, output }) {
      const status = await statusOf(box);
      output.result(status, [status.message]);
      // The sentence has been said.
      if (!status.ok) throw new CliError(exitCodes.failed, '');
    },
  },
];

export async function statusOf(box: BoxData): Promise<Status> {
  const { address, httpPort } = box.settings;
  // The box listens on loopback too; an address of its own in 127.0.0.0/8 is the only one then.
  const url = `http://${address.startsWith('127.') ? address : '127.0.0.1'}:${httpPort}/health`;
  const running = await BoxLock.boxRuns(box.file);
  let answer: Answer;
  try {
    answer = await ask(url);
  } catch (error) {
    if (!running) return { running, ok: false, message: downMessage(box) };
    return {
      running,
      ok: false,
      message: `The box runs, but does not answer on ${url} (${reasonOf(error)}).`,
    };
  }
  if (!running) {
    return {
      running,
      ok: false,
      message: `No box runs on ${box.settings.data}, but another program answers on ${url}.`,
    };
  }
  const wrong = (Object.keys(parts) as Part[]).filter((part) => answer.parts[part] === false);
  if (answer.ok && wrong.length === 0) {
    return { running, ok: true, message: 'The box takes calls.', parts: answer.parts };
  }
  const reasons = wrong.map((part) => parts[part]).join(', and ') || `its health is ${answer.status}`;
  return { running, ok: false, message: `The box takes no calls: ${reasons}.`, parts: answer.parts };
}

interface Answer {
  readonly ok: boolean;
  /** HTTP status. */
  readonly status: number;
  readonly parts: Partial<Record<Part, boolean>>;
}

async function ask(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > mostBytes) throw new Error('the answer is too long');
  }
  const health: Record<string, unknown> = jsonObject(text);
  const known = (Object.keys(parts) as Part[]).filter((part) => typeof health[part] === 'boolean');
  return {
    ok: response.ok,
    status: response.status,
    parts: Object.fromEntries(known.map((part) => [part, health[part]])),
  };
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function downMessage(box: BoxData): string {
  const { data } = box.settings;
  return existsSync(box.file)
    ? `The box is not running. What its last run said is in ${data}/log.`
    : `The box is not running, and none was ever started in ${data}.`;
}

/** fetch says only that it failed; what failed is its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if ((error as Error).name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`;
  return messageOf(cause);
}
