import { Alert, Stack } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useModel } from "@/api/description";
import { Loading } from "@/ui/States";
import { FirstTerms } from "./FirstTerms";
import { ModelUse } from "./ModelUse";
import { Terms } from "./Terms";
import { Verified } from "./Verified";

/** Whether a model is connected, and what it is taught about this company. */
export function Ai() {
  const { t } = useTranslation("config");
  const model = useModel();
  const connected = model.data?.configured;
  return (
    <Stack gap="xl">
      {model.isPending && <Loading rows={1} />}
      {connected !== undefined && (
        <Alert
          color={connected ? "teal" : "gray"}
          icon={<IconSparkles aria-hidden />}
          title={t(connected ? "ai.on" : "ai.off")}
        >
          {t(connected ? "ai.onText" : "ai.offText")}
        </Alert>
      )}
      <ModelUse />
      <Terms />
      <FirstTerms />
      <Verified />
    </Stack>
  );
}
