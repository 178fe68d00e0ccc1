import { describe, expect, it } from "vitest";
import { choosable, personalOf } from "./columns";

const column = (name: string, personal = false) => ({ name, label: name, personal });

describe("the columns that may be treated", () => {
  const all = ["id", "title", "date_modify", "phone", "_synced_at"].map((name) =>
    column(name, name === "phone"),
  );

  it("are the portal's, without those the copying needs", () => {
    const object = { key: ["id"], cursor_field: "DATE_MODIFY" };
    expect(choosable(all, object, {}).map((each) => each.name)).toEqual(["title", "phone"]);
  });

  it("know both ways the portal writes names", () => {
    const object = { key: ["ID"], cursor_field: "dateModify" };
    expect(choosable(all, object, {}).map((each) => each.name)).toEqual(["title", "phone"]);
  });

  it("are not offered twice", () => {
    const object = { key: ["id"], cursor_field: null };
    expect(choosable(all, object, { phone: "mask" })).not.toContainEqual(column("phone", true));
  });

  it("tell which are of people", () => {
    expect(personalOf(all).map((each) => each.name)).toEqual(["phone"]);
  });
});
