using System.Diagnostics.CodeAnalysis;

namespace Tokenline.Simulators.Vendors;

/// <summary>How an answer comes. What is null is left to the behaviour below it, and at the bottom to the README's rules.</summary>
public sealed record Behaviour
{
    public static readonly Behaviour None = new();

    private readonly ulong present; // one bit a fault: asked many times a request, nearly always in vain

    /// <summary>Null: those of the behaviour below. Empty: none.</summary>
    public IReadOnlyList<FaultOrder>? Faults
    {
        get;
        init
        {
            field = value;
            present = 0;
            foreach (var order in value ?? [])
                present |= 1UL << (int)order.Fault;
        }
    }

    public int? LatencyMs { get; init; }
    public int? TokenDelayMs { get; init; }
    public int? TokensPerChunk { get; init; }
    public int? Tokens { get; init; }
    public int? ReasoningTokens { get; init; }
    public int? CachedTokens { get; init; }
    public int? CacheWriteTokens { get; init; }
    public int? CacheWriteHourTokens { get; init; }
    public int? ToolCalls { get; init; }

    /// <summary>The tool to call, if it is offered and nothing forbids it; no other is called then.</summary>
    public string? Tool { get; init; }

    /// <summary>What the tool is called with, as it is sent. Null: samples that fit its schema.</summary>
    public string? ToolArguments { get; init; }

    public bool Has(Fault fault) => (present & (1UL << (int)fault)) != 0;

    /// <summary>The argument of a fault, or null if it was not asked for.</summary>
    public int? Argument(Fault fault)
    {
        if (!Has(fault))
            return null;
        foreach (var order in Faults!)
        {
            if (order.Fault == fault)
                return order.Argument;
        }
        return null;
    }

    /// <summary>This behaviour where it says something, <paramref name="below"/> elsewhere.</summary>
    public Behaviour Over(Behaviour below)
    {
        if (ReferenceEquals(this, None))
            return below;
        if (ReferenceEquals(below, None))
            return this;
        return new()
        {
            Faults = Faults ?? below.Faults,
            LatencyMs = LatencyMs ?? below.LatencyMs,
            TokenDelayMs = TokenDelayMs ?? below.TokenDelayMs,
            TokensPerChunk = TokensPerChunk ?? below.TokensPerChunk,
            Tokens = Tokens ?? below.Tokens,
            ReasoningTokens = ReasoningTokens ?? below.ReasoningTokens,
            CachedTokens = CachedTokens ?? below.CachedTokens,
            CacheWriteTokens = CacheWriteTokens ?? below.CacheWriteTokens,
            CacheWriteHourTokens = CacheWriteHourTokens ?? below.CacheWriteHourTokens,
            ToolCalls = ToolCalls ?? below.ToolCalls,
            Tool = Tool ?? below.Tool,
            ToolArguments = ToolArguments ?? below.ToolArguments,
        };
    }

    public static Behaviour Parse(string directive) =>
        TryParse(directive, out var behaviour, out var problem) ? behaviour : throw new FormatException(problem);

    /// <summary>Reads a directive such as <c>fault=cut-after:5; latency=200; tokens=300</c>.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> directive,
        [NotNullWhen(true)] out Behaviour? behaviour,
        [NotNullWhen(false)] out string? problem
    )
    {
        behaviour = null;
        problem = null;
        var read = new Behaviour();
        List<FaultOrder>? faults = null;
        foreach (var range in directive.Split(';'))
        {
            var pair = directive[range].Trim();
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals].TrimEnd();
            var value = equals < 0 ? default : pair[(equals + 1)..].TrimStart();
            if (key is "fault")
            {
                faults ??= [];
                if (!TryAddFault(value, faults, out problem))
                    return false;
                continue;
            }
            if (key is "tool")
            {
                read = read with { Tool = value.ToString() };
                continue;
            }
            if (key is "args")
            {
                // The last key: whatever it takes, semicolons too.
                var rest = directive[range.Start..];
                read = read with { ToolArguments = rest[(rest.IndexOf('=') + 1)..].Trim().ToString() };
                break;
            }
            var (least, most) = Bounds(key);
            if (most < 0)
                problem = $"'{key}' is not a key of a simulate directive";
            else if (!int.TryParse(value, out var number) || number < least || number > most)
                problem = $"'{key}' takes a whole number from {least} to {most}";
            else
                read = read.Set(key, number);
            if (problem is not null)
                return false;
        }
        behaviour = faults is null ? read : read with { Faults = faults };
        return true;
    }

    public override string ToString()
    {
        var parts = new List<string>();
        foreach (var order in Faults ?? [])
        {
            var entry = Vendors.Faults.All[(int)order.Fault];
            parts.Add(entry.ArgumentName is null ? $"fault={entry.Name}" : $"fault={entry.Name}:{order.Argument}");
        }
        if (Faults is { Count: 0 })
            parts.Add("fault=none");
        Add("latency", LatencyMs);
        Add("token-delay", TokenDelayMs);
        Add("tokens-per-chunk", TokensPerChunk);
        Add("tokens", Tokens);
        Add("reasoning", ReasoningTokens);
        Add("cached", CachedTokens);
        Add("cache-write", CacheWriteTokens);
        Add("cache-write-1h", CacheWriteHourTokens);
        Add("tool-calls", ToolCalls);
        if (Tool is not null)
            parts.Add($"tool={Tool}");
        if (ToolArguments is not null)
            parts.Add($"args={ToolArguments}");
        return string.Join("; ", parts);

        void Add(string key, int? value)
        {
            if (value is { } number)
                parts.Add($"{key}={number}");
        }
    }

    private static (int Least, int Most) Bounds(ReadOnlySpan<char> key) =>
        key switch
        {
            "latency" or "token-delay" => (0, 600_000),
            "tokens-per-chunk" => (1, 10_000),
            "tool-calls" => (1, 16),
            "tokens" => (1, 1_000_000),
            "reasoning" or "cached" or "cache-write" or "cache-write-1h" => (0, 10_000_000),
            _ => (0, -1),
        };

    private Behaviour Set(ReadOnlySpan<char> key, int number) =>
        key switch
        {
            "latency" => this with { LatencyMs = number },
            "token-delay" => this with { TokenDelayMs = number },
            "tokens-per-chunk" => this with { TokensPerChunk = number },
            "tokens" => this with { Tokens = number },
            "reasoning" => this with { ReasoningTokens = number },
            "cached" => this with { CachedTokens = number },
            "cache-write" => this with { CacheWriteTokens = number },
            "tool-calls" => this with { ToolCalls = number },
            _ => this with { CacheWriteHourTokens = number },
        };

    private static bool TryAddFault(ReadOnlySpan<char> value, List<FaultOrder> faults, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (value is "none")
        {
            faults.Clear();
            return true;
        }
        var colon = value.IndexOf(':');
        var entry = Vendors.Faults.Find(colon < 0 ? value : value[..colon]);
        var argument = 0;
        if (entry is null)
            problem = $"'{value}' is not a fault; the README of the simulators lists them";
        else if (entry.ArgumentName is null && colon >= 0)
            problem = $"the fault '{entry.Name}' takes no argument";
        else if (
            entry.ArgumentName is not null
            && (colon < 0 || !int.TryParse(value[(colon + 1)..], out argument) || argument < entry.Least || argument > entry.Most)
        )
            problem = $"the fault is written '{entry.Syntax}', with a whole number from {entry.Least} to {entry.Most}";
        else
            faults.Add(new FaultOrder(entry.Fault, argument));
        return problem is null;
    }
}
