using Tokenline.Commerce.Configuration;

namespace Tokenline.Gateway;

/// <summary>Limits of the gateway. Every one has a value that suits most; each can be set in <c>appsettings.json</c> under <c>Gateway</c>.</summary>
public sealed record GatewayOptions
{
    /// <summary>What was set meanwhile; it comes before what is said here.</summary>
    public RunningSettings Running { get; init; } = new();

    /// <summary>A request body, decoded, in bytes.</summary>
    public int RequestBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>An answer that is not streamed, in bytes.</summary>
    public int AnswerBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a vendor may take until its answer begins, in seconds.</summary>
    public int FirstByteTimeoutSeconds { get; init; } = 300;

    /// <summary>How long a vendor may be silent within an answer, in seconds. Its pings and comments renew it, but not for longer than a first byte may take.</summary>
    public int SilenceTimeoutSeconds { get; init; } = 120;

    /// <summary>A silent stream of a protocol that has pings gets one after so many seconds; before its vendor's first byte it is opened for that.</summary>
    public int PingSeconds { get; init; } = 10;

    /// <summary>How long a connection to a vendor may take, in seconds.</summary>
    public int ConnectTimeoutSeconds { get; init; } = 10;

    /// <summary>Text of a stream, in bytes, between two durable checkpoints; also the output tokens held at a time when the client gave no limit.</summary>
    public int SliceBytes { get; init; } = 4096;

    /// <summary>How long a client waits for its charge to become durable before its connection is cut, in seconds.</summary>
    public int SettlePatienceSeconds { get; init; } = 30;

    /// <summary>How long running calls may go on when the process is asked to end, in seconds; then they are cut and settled.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>How long a process that is asked to end still takes calls while it says that it is not ready, in seconds: the time a load balancer needs to hear of it. 0: it does not.</summary>
    public int LeaveNoticeSeconds { get; init; }

    /// <summary>Calls that run at once; more are refused. A stream of text that is open for minutes is one of them.</summary>
    public int CallsMax { get; init; } = 20_000;

    /// <summary>Of these, the share that one deployment may have, in percent: one vendor that hangs does not take the others' place.</summary>
    public int DeploymentCallsPercent { get; init; } = 50;

    /// <summary>Memory that large bodies of requests and answers may take together, in bytes.</summary>
    public long BodiesBytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>
    /// When calls wait for longer than this before they are looked at, and go on doing so, as many are refused as it takes to come down to it; 0: none is.
    /// A server that shares its cores with a test does not refuse what the test wants answered, so only <c>appsettings.json</c> has it on.
    /// </summary>
    public int QueueDelayMilliseconds { get; init; }

    /// <summary>While no more calls run than this, none is refused for what it waited: then the machine is slow, and not the calls too many.</summary>
    public int CallsNeverShed { get; init; }

    /// <summary>How long a response is kept for its customer to come back to, in days.</summary>
    public int StoredResponseDays
    {
        get => Running.Values.StoredResponseDays ?? field;
        init;
    } = 30;

    /// <summary>How many responses are kept for one account; the oldest go first.</summary>
    public int StoredResponsesPerAccount { get; init; } = 1000;

    /// <summary>A response with its whole conversation, in bytes; a larger one is not kept.</summary>
    public int StoredResponseBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>All that is kept of one account's responses, in bytes before compression; the oldest go first.</summary>
    public int StoredResponseAccountBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>A file for a batch, in bytes.</summary>
    public int FileBytesMax { get; init; } = 100 * 1024 * 1024;

    /// <summary>Files of one account together, in bytes; more cannot be uploaded.</summary>
    public int FileAccountBytesMax { get; init; } = 1024 * 1024 * 1024;

    /// <summary>How long files, and batches that have ended, are kept, in days.</summary>
    public int FileDays
    {
        get => Running.Values.FileDays ?? field;
        init;
    } = 30;

    /// <summary>Lines of a batch.</summary>
    public int BatchLinesMax { get; init; } = 50_000;

    /// <summary>Batches of one account that have not ended; one of them runs at a time.</summary>
    public int BatchesPerAccount { get; init; } = 100;

    /// <summary>Lines of one account that run at once.</summary>
    public int BatchCallsPerAccount { get; init; } = 4;

    /// <summary>Lines of all accounts that run at once.</summary>
    public int BatchCallsMax { get; init; } = 16;

    /// <summary>Accounts whose batches run at once.</summary>
    public int BatchAccountsMax { get; init; } = 32;

    /// <summary>How deployments are chosen, tried and passed over.</summary>
    public Routing.RoutingOptions Routing { get; init; } = new();

    /// <summary>Where customers buy more, for those who have nothing left to pay with; null: the portal, at the address they have called.</summary>
    public string? ShopUrl
    {
        get => Running.Values.ShopUrl ?? field;
        init;
    }
}
