using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

public sealed record CarrierSimulatorOptions
{
    /// <summary>Where <c>carrier.jsonl</c> is kept; null keeps everything in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>What one number may pay in a calendar month; its currency is the only one that is taken.</summary>
    public Money MonthlyLimit { get; init; } = new(500 * Money.NanoPerUnit, Currency.Cny);

    /// <summary>Payments and refunds together.</summary>
    public int EntriesMax { get; init; } = 100_000;

    /// <summary>Text messages that are remembered; older ones are forgotten.</summary>
    public int MessagesMax { get; init; } = 10_000;

    /// <summary>Answer requests that carry no bearer token.</summary>
    public bool AllowAnonymous { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
