import { describe, expect, it } from "vitest";
import { eventsIn } from "./charts";

describe("a stream of events", () => {
  it("is cut into whole events, the rest waits", () => {
    const { told, rest } = eventsIn('event: stage\ndata: "running"\n\n: ping\n\nevent: do');
    expect(told).toEqual([{ event: "stage", data: '"running"' }]);
    expect(rest).toBe("event: do");
  });

  it("joins the lines of one event and takes both kinds of line ends", () => {
    const { told } = eventsIn("event: text\r\ndata: one\r\ndata: two\r\n\r\n");
    expect(told).toEqual([{ event: "text", data: "one\ntwo" }]);
  });
});
