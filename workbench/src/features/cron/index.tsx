import { Page } from '../../components/Page';
import { Empty } from '../../components/States';

export default function Screen() {
  return (
    <Page title="cron">
      <Empty title="cron" />
    </Page>
  );
}
