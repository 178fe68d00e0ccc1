import { expect, test } from "vitest";
import { inTwoLines } from "./values";

test("a name that has room stays in one line", () => {
  expect(inTwoLines("Иван Попов", 10)).toEqual(["Иван Попов"]);
});

test("a longer name goes over two lines, each cut to what has room", () => {
  expect(inTwoLines("Ксения Новикова", 8)).toEqual(["Ксения", "Новикова"]);
  expect(inTwoLines("Павел Попова-Лунина", 8)).toEqual(["Павел", "Попова-…"]);
  expect(inTwoLines("Согласование", 8)).toEqual(["Согласо…"]);
});
