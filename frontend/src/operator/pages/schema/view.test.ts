import { describe, expect, it } from "vitest";
import { closeUp, wholeView, zoomed } from "./view";

const whole = wholeView(1000, 500);

describe("the view of a picture", () => {
  it("keeps its middle and its shape when one looks closer", () => {
    const closer = zoomed(whole, 0.5, whole);
    expect(closer.x + closer.width / 2).toBeCloseTo(whole.x + whole.width / 2);
    expect(closer.height / closer.width).toBeCloseTo(whole.height / whole.width);
  });

  it("has a nearest and a farthest point", () => {
    let near = whole;
    let far = whole;
    for (let turn = 0; turn < 50; turn++) {
      near = zoomed(near, 0.5, whole);
      far = zoomed(far, 2, whole);
    }
    expect(near.width).toBeCloseTo(whole.width * 0.15);
    expect(far.width).toBeCloseTo(whole.width * 1.5);
  });

  it("comes close to a place only where it could not be read", () => {
    expect(closeUp(whole, { x: 100, y: 50 }, 1200)).toEqual(whole);
    const near = closeUp(whole, { x: 100, y: 50 }, 300);
    expect(near.width).toBe(600);
    expect([near.x + near.width / 2, near.y + near.height / 2]).toEqual([100, 50]);
  });
});
