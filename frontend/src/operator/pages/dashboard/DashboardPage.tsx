import { Grid, Stack } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "@/api/status";
import { Page } from "@/ui/Page";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { Activity } from "./Activity";
import { Attention } from "./Attention";
import { Budget } from "./Budget";
import { FirstSteps } from "./FirstSteps";
import { Objects } from "./Objects";
import { Verdict } from "./Verdict";

const PinnedCharts = lazy(() => import("./PinnedCharts"));

export default function DashboardPage() {
  const { t } = useTranslation("dashboard");
  const status = useStatus();
  return (
    <Page title={t("title")} hint={t("hint")}>
      {status.isPending && <Loading rows={4} height={96} />}
      {status.error && !status.data && (
        <Trouble error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.data && (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="lg">
              <Verdict status={status.data} />
              <FirstSteps status={status.data} />
              <Attention status={status.data} />
              <Suspense fallback={<Loading rows={1} height={240} />}>
                <PinnedCharts />
              </Suspense>
              <Objects entities={status.data.entities} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="lg">
              <Budget budget={status.data.budget} />
              <Activity entities={status.data.entities} />
            </Stack>
          </Grid.Col>
        </Grid>
      )}
    </Page>
  );
}
