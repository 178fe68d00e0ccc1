import { Stack, Tabs } from "@mantine/core";
import { IconMessageQuestion, IconSql, IconTools } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { Page } from "@/ui/Page";
import { Ask } from "./Ask";
import { Builder } from "./Builder";
import { Draft } from "./Draft";
import { blankChart, type Drafted } from "./drafted";
import { Saved } from "./Saved";

export default function ChartsPage() {
  const { t } = useTranslation("charts");
  const may = useMay("operator");
  const [draft, setDraft] = useState<Drafted | null>(null);
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Stack gap="xl">
        {may && (
          <Tabs defaultValue="ask" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="ask" leftSection={<IconMessageQuestion size={16} aria-hidden />}>
                {t("ways.ask")}
              </Tabs.Tab>
              <Tabs.Tab value="build" leftSection={<IconTools size={16} aria-hidden />}>
                {t("ways.build")}
              </Tabs.Tab>
              <Tabs.Tab
                value="sql"
                leftSection={<IconSql size={16} aria-hidden />}
                onClick={() =>
                  setDraft({ chart: blankChart(t("sql.untitled")), prompt: "", sql: true })
                }
              >
                {t("ways.sql")}
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="ask" pt="md">
              <Ask draft={draft} onDrawn={setDraft} />
            </Tabs.Panel>
            <Tabs.Panel value="build" pt="md">
              <Builder onDrawn={setDraft} />
            </Tabs.Panel>
            <Tabs.Panel value="sql" pt="md">
              {t("sql.hint")}
            </Tabs.Panel>
          </Tabs>
        )}
        {draft && <Draft draft={draft} onChange={setDraft} onClose={() => setDraft(null)} />}
        <Saved
          onEdit={(chart) =>
            setDraft({ chart: chart.chart, prompt: chart.prompt, savedId: chart.id })
          }
        />
      </Stack>
    </Page>
  );
}
