// When rtpengine is asked how the packets of the members get through, and what is made of its answers.
import t from 'tap';
import { LineWatch } from '../../src/calls/line-watch.js';
import type { IngressStats } from '../../src/rtp/index.js';
import { FakeClock } from '../conference/fake-clock.js';

class Phone {
  asked = 0;
  packets = 0;
  lost = 0;
  heard: IngressStats['heard'];
  gone = false;

  stats(): Promise<IngressStats> {
    this.asked++;
    if (this.gone) return Promise.reject(new Error('gone'));
    const { packets, lost, heard } = this;
    return Promise.resolve({
      packets,
      lost,
      lastRtp: 0,
      lastRtcp: 0,
      sendsRtcp: false,
      ...(heard && { heard }),
    });
  }

  sends(packets: number, lost = 0): void {
    this.packets += packets;
    this.lost += lost;
  }
}

function start(...phones: Phone[]) {
  const clock = new FakeClock();
  const watch = new LineWatch({ clock, members: () => phones.map((phone, id) => [id, phone] as const) });
  return { clock, watch };
}

void t.test(
  'each phone is asked once in four seconds, however many look, and not while nobody does',
  async (t) => {
    const [one, two] = [new Phone(), new Phone()];
    const { clock, watch } = start(one, two);
    await Promise.all([watch.look(), watch.look(), watch.look()]);
    t.same([one.asked, two.asked], [1, 1]);
    clock.advance(3999);
    await watch.look();
    t.equal(one.asked, 1);
    clock.advance(1);
    await watch.look();
    t.equal(one.asked, 2);
    clock.advance(60_000);
    t.equal(one.asked, 2);
    t.equal(clock.pending, 0);
  },
);

void t.test('loss is that between two looks', async (t) => {
  const phone = new Phone();
  const { clock, watch } = start(phone);
  const look = async () => {
    clock.advance(4000);
    await watch.look();
    return watch.of(0)?.lossPercent;
  };
  t.equal(watch.of(0), undefined, 'not known yet');
  phone.sends(100, 10);
  t.equal(await look(), undefined, 'one look says nothing');
  phone.sends(190, 10);
  t.equal(await look(), 5);
  phone.sends(200);
  t.equal(await look(), 0);
  t.equal(await look(), undefined, 'nothing came');
  phone.packets = 5;
  phone.lost = 0;
  t.equal(await look(), undefined, 'counted from the beginning');
  phone.sends(99, 1);
  t.equal(await look(), 1);
});

void t.test('what the phone reports, and a phone that cannot be asked', async (t) => {
  const [phone, other] = [new Phone(), new Phone()];
  const { clock, watch } = start(phone, other);
  phone.heard = { jitterMs: 12, lossPercent: 3 };
  await watch.look();
  t.same(watch.of(0)?.heard, { jitterMs: 12, lossPercent: 3 });
  phone.gone = true;
  clock.advance(4000);
  await watch.look();
  t.equal(watch.of(0), undefined);
  t.ok(watch.of(1), 'the others are asked all the same');
});
