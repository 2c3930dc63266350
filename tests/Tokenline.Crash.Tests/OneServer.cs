namespace Tokenline.Crash.Tests;

/// <summary>Tests that end the same server, one after the other: each begins with what the one before has left of it.</summary>
[CollectionDefinition(nameof(OneServer))]
public sealed class OneServerCollection : ICollectionFixture<OneServer>;

/// <summary>A server that has sold something, which is killed, asked to end, and started again on the same data.</summary>
public sealed class OneServer : IAsyncLifetime
{
    /// <summary>How long running calls may go on when it is asked to end.</summary>
    internal const int DrainSeconds = 7;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-crash");
    private Sold sold = null!;

    internal ServerProcess Process { get; private set; } = null!;

    internal IReadOnlyList<string> Customers => sold.Customers;

    /// <summary>One of each customer.</summary>
    internal IReadOnlyList<string> Keys => sold.Keys;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        sold = await Sold.InAsync(folder.FullName);
        Process = new ServerProcess(folder.FullName, sold.Simulator) { DrainSeconds = DrainSeconds };
    }

    internal Task StartIfEndedAsync() => Process.IsRunning ? Task.CompletedTask : Process.StartAsync(demo: false, Cancel);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
