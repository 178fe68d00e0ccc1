import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Page } from "@/ui/Page";
import { Tabbed } from "@/ui/Tabbed";
import { Ai } from "./Ai";
import { Appearance } from "./Appearance";
import { Connection } from "./Connection";
import { ObjectDrawer } from "./ObjectDrawer";
import { Objects } from "./Objects";
import { Realtime } from "./Realtime";
import { Users } from "./Users";

export default function ConfigPage() {
  const { t } = useTranslation("config");
  const [search, setSearch] = useSearchParams();
  const object = search.get("object");
  const open = (name: string | null) =>
    setSearch(name === null ? { tab: "objects" } : { tab: "objects", object: name });
  const tabs = {
    connection: <Connection />,
    objects: <Objects onOpen={open} />,
    realtime: <Realtime />,
    ai: <Ai />,
    users: <Users />,
    appearance: <Appearance />,
  };
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Tabbed
        label={t("title")}
        value={search.get("tab") ?? "connection"}
        onChange={(tab) => setSearch({ tab })}
        tabs={Object.entries(tabs).map(([value, content]) => ({
          value,
          label: t(`tab.${value}`),
          content,
        }))}
      />
      {object && <ObjectDrawer key={object} entity={object} onClose={() => open(null)} />}
    </Page>
  );
}
