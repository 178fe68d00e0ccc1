import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";

export default function MonitoringPage() {
  const { t } = useTranslation("monitoring");
  return <Page title={t("title")}>{null}</Page>;
}
