using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

public sealed record CarrierSimulatorOptions
{
    /// <summary>As in the demo: a team of thirty still pays its seats on the phone bill.</summary>
    public static CarrierSimulatorOptions Demo { get; } =
        new() { MonthlyLimit = new(3_000 * Money.NanoPerUnit, Currency.Cny), PaymentMax = new(3_000 * Money.NanoPerUnit, Currency.Cny) };

    /// <summary>Where <c>carrier.jsonl</c> is kept; null keeps everything in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>What one number may pay in a calendar month; its currency is the only one that is taken.</summary>
    public Money MonthlyLimit { get; init; } = new(500 * Money.NanoPerUnit, Currency.Cny);

    /// <summary>The most of one payment, in the currency of the monthly limit.</summary>
    public Money PaymentMax { get; init; } = new(500 * Money.NanoPerUnit, Currency.Cny);

    /// <summary>How long a payment that was prepared waits to be confirmed.</summary>
    public TimeSpan ReservationTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an asynchronous payment or refund is <c>processing</c>.</summary>
    public TimeSpan DecisionDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long <see cref="CarrierFault.AnswersLate"/> takes.</summary>
    public TimeSpan LateAnswer { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long <see cref="CarrierFault.CallsBackLate"/> takes, after the decision.</summary>
    public TimeSpan LateCallback { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a wrong code is taken before it is too late for the right one.</summary>
    public int CodeAttemptsMax { get; init; } = 3;

    /// <summary>How long a one-time password is good.</summary>
    public TimeSpan CodeValidFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>One-time passwords that a number gets within <see cref="CodesWindow"/>.</summary>
    public int CodesMax { get; init; } = 5;

    public TimeSpan CodesWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Payments and refunds together.</summary>
    public int EntriesMax { get; init; } = 100_000;

    /// <summary>Text messages that are remembered; older ones are forgotten.</summary>
    public int MessagesMax { get; init; } = 10_000;

    /// <summary>Answer requests that carry no bearer token.</summary>
    public bool AllowAnonymous { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
