import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Page } from "@/ui/Page";
import { OneObject } from "./OneObject";
import { Proofs } from "./Proofs";

export default function ValidationPage() {
  const { t } = useTranslation("validation");
  const [search, setSearch] = useSearchParams();
  const object = search.get("object");
  return (
    <Page title={t("title")} hint={t("hint")}>
      {object ? (
        <OneObject
          entity={object}
          tab={search.get("tab") ?? "differences"}
          onTab={(tab) => setSearch({ object, tab }, { replace: true })}
          onBack={() => setSearch({})}
        />
      ) : (
        <Proofs onOpen={(entity) => setSearch({ object: entity })} />
      )}
    </Page>
  );
}
