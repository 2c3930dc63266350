namespace Tokenline.Simulators.Carrier;

internal enum CarrierAnswer
{
    Booked,

    /// <summary>The same request was booked before; <see cref="CarrierOutcome.Entry"/> is what came of it.</summary>
    BookedBefore,

    /// <summary>Nothing is ever sent, whatever was booked.</summary>
    Silence,
    Refused,
}

/// <summary>What the carrier makes of a request. A refusal has a status, a CAMARA code, and words.</summary>
/// <param name="Delay">Before the answer is sent.</param>
internal sealed record CarrierOutcome(
    CarrierAnswer Answer,
    CarrierEntry? Entry = null,
    int Status = 201,
    string Code = "",
    string Message = "",
    TimeSpan Delay = default
)
{
    public static readonly CarrierOutcome Silence = new(CarrierAnswer.Silence);

    public static CarrierOutcome Refused(int status, string code, string message) =>
        new(CarrierAnswer.Refused, null, status, code, message);
}
