import t from 'tap';
import { StatsReader } from '../../src/rtp/ingress-stats.js';
import type { QueryReply } from '../../src/rtp/ng-commands.js';

function reply(ssrc: number, packets: number, sequence: number): QueryReply {
  return {
    created: 100,
    tags: {
      P: {
        medias: [
          {
            streams: [
              { 'last packet': 120, stats: { packets } },
              { 'last packet': 110, stats: { packets: 3 } },
            ],
            'ingress SSRCs': [{ SSRC: ssrc, packets, 'last RTP seq': sequence }],
            'egress SSRCs': [{ SSRC: 9 }],
          },
        ],
      },
    },
    SSRC: { '9': { 'average MOS': { jitter: 4, 'packet loss': 2 } } },
  };
}

void t.test('loss is what is missing since the first look, within one source', async (t) => {
  const reader = new StatsReader('P');
  t.match(reader.read(reply(1, 50, 1049)), {
    packets: 50,
    lost: 0,
    lastRtp: 120,
    lastRtcp: 110,
    sendsRtcp: true,
  });
  t.equal(reader.read(reply(1, 100, 1102)).lost, 3);
  t.equal(reader.read(reply(1, 70_000, 71_004)).lost, 5, 'over the end of the numbers');
  t.equal(reader.read(reply(2, 10, 500)).lost, 0, 'another source');
  t.equal(reader.read(reply(2, 5, 600)).lost, 0, 'after a rebuild');
  t.same(reader.read(reply(2, 6, 601)).heard, { jitterMs: 4, lossPercent: 2 });
});

void t.test('an empty reply is no crash', async (t) => {
  t.match(new StatsReader('P').read({}), {
    packets: 0,
    lost: 0,
    lastRtp: 0,
    sendsRtcp: false,
    heard: undefined,
  });
  t.equal(new StatsReader('P').read({ created: 77 }).lastRtp, 77);
});
