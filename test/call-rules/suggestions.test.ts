import t from 'tap';
import { freeNumber, newPins } from '../../src/calls/index.js';

void t.test('the lowest number that leads nowhere', async (t) => {
  const taken = new Set(['3000', '3001', '3003']);
  t.equal(await freeNumber((number) => Promise.resolve(taken.has(number))), '3002');
  t.equal(await freeNumber(() => Promise.resolve(true)), undefined);
});

void t.test('PINs of six digits, none twice, none obvious', (t) => {
  const pins = newPins(200);
  t.equal(new Set(pins).size, 200);
  t.ok(pins.every((pin) => /^\d{6}$/.test(pin)));
  const drawn = [111_111, 123_456, 987_654, 112_211, 7, 384_921, 384_921, 500_123];
  t.same(
    newPins(2, () => drawn.shift()!),
    ['384921', '500123'],
  );
  t.end();
});
