namespace Tokenline.Simulators.Vendors;

public sealed record VendorSimulatorOptions
{
    /// <summary>For every vendor that has none of its own.</summary>
    public Behaviour Behaviour { get; init; } = Behaviour.None;

    /// <summary>By vendor, over <see cref="Behaviour"/>.</summary>
    public IReadOnlyDictionary<string, Behaviour> Vendors { get; init; } = new Dictionary<string, Behaviour>();

    /// <summary>Answer requests that carry no key.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>What <c>GET /v1/models</c> lists, for every vendor. Chat accepts any Model ID.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["simulated-chat", "simulated-reasoner"];

    /// <summary>Marked prefixes of Messages requests are cached from this length on.</summary>
    public int CacheableTokensMin { get; init; } = 1024;

    /// <summary>How many of the last requests are kept for tests to look at; 0 costs nothing, as benchmarks want.</summary>
    public int RequestsKept { get; init; } = 64;

    /// <summary>Larger bodies are kept up to here.</summary>
    public int BytesKeptPerRequest { get; init; } = 1 << 20;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
