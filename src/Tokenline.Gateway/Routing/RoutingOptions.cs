namespace Tokenline.Gateway.Routing;

/// <summary>What the choosing of deployments holds to. Each value suits most; each can be set in <c>appsettings.json</c> under <c>Gateway:Routing</c>.</summary>
public sealed record RoutingOptions
{
    /// <summary>Deployments tried for one call at the most. What keeps retries from becoming a storm is the budget of all calls, not this.</summary>
    public int AttemptsMax { get; init; } = 12;

    /// <summary>Second and further attempts of all calls together, in percent of calls, over ten seconds.</summary>
    public int RetryPercent { get; init; } = 20;

    /// <summary>Second and further attempts that are always allowed, a second: a quiet gateway may try again as well.</summary>
    public int RetriesPerSecond { get; init; } = 10;

    /// <summary>A circuit opens when so many of twice as many last calls have failed; of fewer calls, at least half; 0: never.</summary>
    public int CircuitFailures { get; init; } = 5;

    /// <summary>How long a circuit is open the first time, in milliseconds; doubled each time its trial fails, up to <see cref="CircuitOpenMaxSeconds"/>.</summary>
    public int CircuitOpenMilliseconds { get; init; } = 1000;

    public int CircuitOpenMaxSeconds { get; init; } = 30;

    /// <summary>The longest time that a vendor's <c>Retry-After</c> keeps calls away from a deployment, in seconds; 0: not at all.</summary>
    public int RestMaxSeconds { get; init; } = 300;

    /// <summary>A deployment is given up for another one when it takes longer than so many times the time within which 99 of 100 of its answers begin.</summary>
    public int FirstBytePatience { get; init; } = 3;

    /// <summary>It is never given up earlier, in milliseconds.</summary>
    public int FirstByteMinMilliseconds { get; init; } = 2000;

    /// <summary>An answer that comes whole, or after reasoning that is not sent, is not given up before as much output as it may have is made at so many tokens a second.</summary>
    public int SlowestTokensPerSecond { get; init; } = 20;

    /// <summary>Answers whose beginning was measured, before that is done at all.</summary>
    public int FirstByteSamples { get; init; } = 20;

    /// <summary>Deployments whose circuit is open are asked for life by <c>GET …/models</c> so often, in seconds; 0: never.</summary>
    public int ProbeSeconds { get; init; } = 5;

    /// <summary>Calls that one deployment may have at once; follows from <see cref="GatewayOptions.DeploymentCallsPercent"/>.</summary>
    public int RunningMax { get; init; } = int.MaxValue;

    /// <summary>Whether <c>x-tokenline-debug: route</c> is answered with <c>x-tokenline-route</c>.</summary>
    public bool Explain { get; init; } = true;
}
