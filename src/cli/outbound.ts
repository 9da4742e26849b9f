// partyline outbound: the peer that numbers are called through, shown, set and cleared. Its password is never shown.
import type { OutboundPeer } from '../store/index.js';
import { parsePeerUri, peerUri } from '../store/index.js';
import type { Command } from './command.js';
import { CliError, exitCodes } from './errors.js';
import { readPassword } from './input.js';

const show: Command = {
  words: ['outbound', 'show'],
  summary: 'say through which peer the box calls numbers',
  async run({ box, output }) {
    const peer = await box.withStore((store) => store.outboundPeer.get());
    if (peer) output.result(peerJson(peer), peerLines(peer));
    else output.result(null, ['No peer is set: the box calls sip: addresses only.']);
  },
};

const set: Command = {
  words: ['outbound', 'set'],
  args: [{ name: 'URI' }],
  options: ['login', 'caller-number', 'caller-name'],
  summary: 'set the peer that numbers are called through',
  details: [
    'URI is sip:host, sip:host:port or sip:host:port;transport=tcp. With --login, the password is read from standard',
    'input: typed twice on a terminal, where it is not shown, or one line. What is not given is not kept from before.',
  ],
  async run({ args: [given = ''], options, box, output }) {
    const place = parsePeerUri(given);
    const { address, sipPort } = box.settings;
    if (place.host === address && (place.port ?? 5060) === sipPort) {
      throw new CliError(exitCodes.failed, 'uri: that is the box itself.');
    }
    const { login, 'caller-number': callerNumber, 'caller-name': callerName } = options;
    const peer: OutboundPeer = {
      ...place,
      ...(login !== undefined && { user: login, password: await readPassword(`Password of ${login}`) }),
      ...(callerNumber !== undefined && { callerNumber }),
      ...(callerName !== undefined && { callerName }),
    };
    await box.withNewStore((store) => store.outboundPeer.set(peer));
    output.result(peerJson(peer), peerLines(peer));
  },
};

const clear: Command = {
  words: ['outbound', 'clear'],
  summary: 'forget the peer: numbers cannot be called any more',
  async run({ box, output }) {
    const cleared = await box.withStore((store) => store.outboundPeer.clear());
    output.result({ cleared }, [cleared ? 'The peer is forgotten.' : 'There was none.']);
  },
};

export const outboundCommands: readonly Command[] = [show, set, clear];

function peerJson(peer: OutboundPeer): Record<string, unknown> {
  const { user, callerNumber, callerName } = peer;
  return {
    uri: peerUri(peer),
    login: user ?? null,
    password_set: peer.password !== undefined,
    caller_number: callerNumber ?? null,
    caller_name: callerName ?? null,
  };
}

function peerLines(peer: OutboundPeer): string[] {
  return [
    `peer           ${peerUri(peer)}`,
    `login          ${peer.user === undefined ? '-' : `${peer.user}, with a password`}`,
    `caller number  ${peer.callerNumber ?? "that of the call, or the conference's"}`,
    `caller name    ${peer.callerName ?? "that of the call, or the conference's"}`,
  ];
}
