import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** A node of OpenSearch that listens on loopback alone. Arguments: HTTP port, transport port, folder of its data. */
final class OpenSearchNode {
    private static final String LOOPBACK = "127.0.0.1";

    public static void main(final String[] arguments) throws Exception {
        final OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((node, settings) -> {
            for (final String setting : new String[] {"network.host", "http.host", "transport.host"}) {
                settings.put(setting, LOOPBACK);
            }
            settings.put("http.port", arguments[0]);
            settings.put("transport.port", arguments[1]);
        });
        runner.build(OpenSearchRunner.newConfigs().clusterName("flowtap-test").numOfNode(1).basePath(arguments[2]).disableESLogger());
        runner.ensureYellow();
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
