import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useMay } from "@/api/session";
import { Page } from "@/ui/Page";
import { Tabbed } from "@/ui/Tabbed";
import { Budget } from "./Budget";
import { Events } from "./Events";
import { Log } from "./Log";
import { Quarantine } from "./Quarantine";
import { Queue } from "./Queue";
import { RunDetail } from "./RunDetail";
import { Runs } from "./Runs";
import { SchemaChanges } from "./SchemaChanges";

export default function MonitoringPage() {
  const { t } = useTranslation("monitoring");
  const mayRaw = useMay("operator");
  const [search, setSearch] = useSearchParams();
  const run = Number(search.get("run")) || null;
  const put = (name: string, value: string | null) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      if (value === null) after.delete(name);
      else after.set(name, value);
      return after;
    });
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Tabbed
        label={t("title")}
        value={search.get("tab") ?? "runs"}
        onChange={(tab) => put("tab", tab)}
        tabs={[
          {
            value: "runs",
            label: t("tab.runs"),
            content: <Runs onOpen={(id) => put("run", String(id))} />,
          },
          { value: "budget", label: t("tab.budget"), content: <Budget /> },
          { value: "events", label: t("tab.events"), content: <Events /> },
          { value: "queue", label: t("tab.queue"), content: <Queue /> },
          // Raw rows may hold what belongs to people: viewers do not see them.
          ...(mayRaw
            ? [{ value: "quarantine", label: t("tab.quarantine"), content: <Quarantine /> }]
            : []),
          { value: "schema", label: t("tab.schema"), content: <SchemaChanges /> },
          ...(mayRaw ? [{ value: "log", label: t("tab.log"), content: <Log /> }] : []),
        ]}
      />
      {run !== null && <RunDetail id={run} onClose={() => put("run", null)} />}
    </Page>
  );
}
