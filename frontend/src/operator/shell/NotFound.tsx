import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Page } from "@/ui/Page";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("notFound")} hint={t("notFoundText")}>
      <Button component={Link} to="/" variant="light" w="fit-content">
        {t("toDashboard")}
      </Button>
    </Page>
  );
}
