using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests;

/// <summary>A carrier by script: it books once per correlator, and answers or not as told.</summary>
internal sealed class FakePhoneBill : IPhoneBill
{
    private readonly Dictionary<string, PhoneBillOutcome> booked = [];

    public List<(string Correlator, string PhoneNumber, Money Amount)> Asked { get; } = [];

    public int Booked => booked.Count;

    /// <summary>What is on the bill, by correlator.</summary>
    public Dictionary<string, Money> Amounts { get; } = [];

    /// <summary>Refuses with these words.</summary>
    public string? Refusal { get; set; }

    /// <summary>Never answers, and books nothing.</summary>
    public bool IsDown { get; set; }

    /// <summary>Books, and then the answer is lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Runs while the carrier is being asked.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public async Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    )
    {
        Asked.Add((correlator, phoneNumber, amount));
        if (IsDown)
            throw new HttpRequestException("no answer");
        if (Refusal is { } reason && !booked.ContainsKey(correlator))
            return new(false, null, reason);
        if (!booked.TryGetValue(correlator, out var outcome))
        {
            booked.Add(correlator, outcome = new(true, $"pay-{booked.Count + 1}", null));
            Amounts.Add(correlator, amount);
        }
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }
        return LosesAnswers ? throw new HttpRequestException("the answer was lost") : outcome;
    }
}
