using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Calling;

/// <summary>Changes to what a customer says about its calls: one at a time, stored first, then in memory at once.</summary>
public sealed class CallingTermsEditing(
    ICallingTermsStore store,
    ICustomerStore customers,
    ITurns turns,
    ConfigurationWatch watch,
    TimeProvider time
)
{
    public const int LinesMax = 64;
    private const int NameLengthMax = 64;

    public async Task<CallingTerms> FindAsync(PartyId customer, CancellationToken cancellation) =>
        await store.FindAsync(customer, cancellation) ?? CallingTerms.None;

    /// <summary>From then on keys call from here, and from the other lines. The first one shuts out everywhere else.</summary>
    /// <param name="certificate">As PEM, or its SHA-256; null: whoever calls from there may.</param>
    public Task<Outcome<CallingTerms>> AddLineAsync(
        PartyId customer,
        string? name,
        string? range,
        CancellationToken cancellation,
        string? certificate = null
    )
    {
        string? print = null;
        if (!string.IsNullOrWhiteSpace(certificate) && !CertificatePrint.TryParse(certificate, out print))
            return Refuse(Refused.Invalid("certificate", "A certificate as PEM, or the 64 digits of its SHA-256."));
        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > NameLengthMax)
            return Refuse(Refused.Invalid("name", $"What is this range? 1 to {NameLengthMax} characters."));
        if (!AddressRange.TryParse(range?.Trim(), out var parsed))
            return Refuse(
                Refused.Invalid("range", "An address, or a range such as 203.0.113.0/24 or 2001:db8::/32, with no bits beyond its prefix.")
            );
        return ChangeAsync(
            customer,
            terms =>
                terms.Lines.Any(line => line.Range == parsed.ToString() && line.Certificate == print)
                    ? new Refused(Problems.Conflict, $"{parsed} is there already.", "range")
                : terms.Lines.Count >= LinesMax ? new Refused(Problems.Conflict, $"At most {LinesMax} lines.", "range")
                : terms with { Lines = [.. terms.Lines, new AccessLine(name.Trim(), parsed.ToString(), time.GetUtcNow(), print)] },
            cancellation
        );
    }

    /// <summary>Without the last one keys may call from everywhere.</summary>
    public Task<Outcome<CallingTerms>> RemoveLineAsync(
        PartyId customer,
        string range,
        CancellationToken cancellation,
        string? certificate = null
    ) =>
        ChangeAsync(
            customer,
            terms =>
                terms.Lines.All(line => line.Range != range || line.Certificate != certificate)
                    ? Refused.NotFound("access line", range)
                    : terms with
                    {
                        Lines = [.. terms.Lines.Where(line => line.Range != range || line.Certificate != certificate)],
                    },
            cancellation
        );

    public Task<Outcome<CallingTerms>> PreferAsync(PartyId customer, CallPreference prefers, CancellationToken cancellation) =>
        Enum.IsDefined(prefers)
            ? ChangeAsync(customer, terms => terms with { Prefers = prefers }, cancellation)
            : Refuse(Refused.Invalid("prefers", "operators, cheapest, fastest, best or greenest."));

    private async Task<Outcome<CallingTerms>> ChangeAsync(
        PartyId customer,
        Func<CallingTerms, Outcome<CallingTerms>> change,
        CancellationToken cancellation
    )
    {
        if (await customers.FindAsync(customer, cancellation) is null)
            return Refused.NotFound("customer", customer.ToString());
        await using var _ = await turns.TakeAsync(Turns.KeysOf(customer), cancellation);
        var changed = change(await FindAsync(customer, cancellation));
        if (changed.Value is not { } next)
            return changed;
        await store.PutAsync(customer, next, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return next;
    }

    private static Task<Outcome<CallingTerms>> Refuse(Refused refused) => Task.FromResult<Outcome<CallingTerms>>(refused);
}
