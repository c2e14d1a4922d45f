import { Page } from '../../components/Page';
import { Empty } from '../../components/States';

export default function Screen() {
  return (
    <Page title="queues">
      <Empty title="queues" />
    </Page>
  );
}
