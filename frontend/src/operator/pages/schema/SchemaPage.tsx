import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Page } from "@/ui/Page";
import { Tabbed } from "@/ui/Tabbed";
import { Description } from "./Description";
import { Relations } from "./Relations";
import { Tables } from "./Tables";

export default function SchemaPage() {
  const { t } = useTranslation("schema");
  const [search, setSearch] = useSearchParams();
  const open = (table: string | null) =>
    setSearch(table ? { tab: "tables", table } : { tab: "tables" });
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Tabbed
        label={t("title")}
        value={search.get("tab") ?? "tables"}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          {
            value: "tables",
            label: t("tab.tables"),
            content: <Tables chosen={search.get("table")} onChoose={open} />,
          },
          { value: "relations", label: t("tab.relations"), content: <Relations onOpen={open} /> },
          { value: "description", label: t("tab.description"), content: <Description /> },
        ]}
      />
    </Page>
  );
}
