using System.Runtime.CompilerServices;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce;

namespace Tokenline.Billing.Vendors;

/// <summary>Seals what nobody may read who has the books alone. Kept by Tokenline.Storage, under the key that lies beside the data.</summary>
public interface IPayoutSeal
{
    /// <param name="owner">What it belongs to: under another's name it does not open.</param>
    string Seal(string secret, string owner);

    string Unseal(string sealedText, string owner);

    /// <summary>Whether it is sealed under the key that seals now.</summary>
    bool IsCurrent(string sealedText);

    /// <summary>The key that it is sealed under, by its id.</summary>
    string KeyOf(string sealedText);
}

/// <summary>Somebody who enters or confirms an account.</summary>
/// <param name="Id">Who it is beyond doubt: two names are not two people.</param>
public sealed record PayoutPerson(string Id, string Name);

/// <summary>An account that was entered and is not used yet.</summary>
/// <param name="Masked">The last four characters, such as <c>•••• 6789</c>.</param>
public sealed record ProposedAccount(string Masked, DateTimeOffset At, PayoutPerson By);

/// <summary>Where a vendor is paid, as it is shown.</summary>
/// <param name="Masked">Of the account that is in use; null: none is.</param>
/// <param name="ChangedAt">Since when it is.</param>
/// <param name="By">Who entered it, and who said yes to it.</param>
/// <param name="Proposed">One that waits for a second person's yes; null: none does.</param>
public sealed record PayoutAccount(string Vendor, string? Masked, DateTimeOffset? ChangedAt, string? By, ProposedAccount? Proposed);

/// <summary>
/// The accounts that vendors are paid at: sealed at rest, shown masked, and read whole by nobody but whoever pays out. An account is entered by one person and
/// confirmed by another before it is used; until then the one before it is.
/// </summary>
public sealed class PayoutAccounts(IBillingStore store, IPayoutSeal seal, TimeProvider time)
{
    public const int LengthMin = 4;
    public const int LengthMax = 200;

    /// <summary>Null: none was entered.</summary>
    public async Task<PayoutAccount?> FindAsync(string vendor, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.PayoutAccount, vendor, cancellation) is { } stored
            ? BillingJson.Read<Kept>(stored.Body).Shown(vendor)
            : null;

    /// <summary>It waits for another person's yes. An earlier one that waited is forgotten.</summary>
    /// <param name="account">As the bank writes it.</param>
    public async Task<Outcome<PayoutAccount>> ProposeAsync(string vendor, string account, PayoutPerson by, CancellationToken cancellation)
    {
        if (WhatIsWrong(account) is { } wrong)
            return wrong;
        var text = account.Trim();
        return await ChangeAsync(
            vendor,
            kept => (kept ?? new Kept()) with { Next = new(seal.Seal(text, OwnerOf(vendor)), Mask(text), time.GetUtcNow(), by) },
            cancellation
        );
    }

    /// <summary>From now on payouts go to the account that waited.</summary>
    /// <param name="seen">What the person has seen, masked, and when it was entered: one that was entered meanwhile is not confirmed unseen.</param>
    /// <param name="by">Not the person who entered it.</param>
    public Task<Outcome<PayoutAccount>> ConfirmAsync(
        string vendor,
        ProposedAccount seen,
        PayoutPerson by,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            vendor,
            kept =>
                kept?.Next is not { } next || next.At != seen.At || next.Masked != seen.Masked ? Changed()
                : next.By.Id == by.Id
                    ? new Refused(Problems.PermissionDenied, "Whoever has entered an account does not confirm it: another person has to.")
                : new Kept(next.Sealed, next.Masked, time.GetUtcNow(), $"{next.By.Name}, {by.Name}"),
            cancellation
        );

    /// <summary>The account that waited is forgotten; whoever entered it may take it back too.</summary>
    public Task<Outcome<PayoutAccount>> RejectAsync(string vendor, ProposedAccount seen, CancellationToken cancellation) =>
        ChangeAsync(
            vendor,
            kept => kept?.Next is { } next && next.At == seen.At && next.Masked == seen.Masked ? kept with { Next = null } : Changed(),
            cancellation
        );

    /// <summary>What an application says, kept apart from the account of a vendor that is in: nobody who only applies changes where somebody is paid.</summary>
    public string SealOfApplication(string vendor, string account) => seal.Seal(account.Trim(), OwnerOfApplication(vendor));

    /// <summary>The application is approved: its account is the vendor's, unless there is one already. One has entered it, another has approved it.</summary>
    public async Task TakeOverAsync(string vendor, string sealedAccount, string by, CancellationToken cancellation)
    {
        if ((await FindAsync(vendor, cancellation))?.Masked is not null)
            return;
        var text = seal.Unseal(sealedAccount, OwnerOfApplication(vendor));
        await ChangeAsync(
            vendor,
            kept => new Kept(seal.Seal(text, OwnerOf(vendor)), Mask(text), time.GetUtcNow(), by) { Next = kept?.Next },
            cancellation
        );
    }

    /// <summary>Whole, for a payout: the one that is confirmed. Null: none is.</summary>
    public async Task<string?> RevealAsync(string vendor, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.PayoutAccount, vendor, cancellation) is { } stored
        && BillingJson.Read<Kept>(stored.Body).Sealed is { } text
            ? seal.Unseal(text, OwnerOf(vendor))
            : null;

    /// <summary>The keys that accounts are sealed under, one for each account of vendors and of applications, those that wait for a yes among them.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation)
    {
        var keys = new List<string>();
        await foreach (var kept in SealedAsync(cancellation))
            keys.AddRange(kept.Sealed.Select(seal.KeyOf));
        return keys;
    }

    /// <summary>Seals all accounts under the key that seals now. One that somebody changes meanwhile is left to the next time.</summary>
    /// <returns>How many, and whose do not open.</returns>
    public async Task<(int Count, IReadOnlyList<string> Unreadable)> ResealAsync(CancellationToken cancellation)
    {
        var (count, unreadable) = (0, new List<string>());
        await foreach (var kept in SealedAsync(cancellation))
        {
            if (kept.Sealed.All(seal.IsCurrent))
                continue;
            try
            {
                var body = kept.With(text => seal.Seal(seal.Unseal(text, kept.Owner), kept.Owner));
                var (kind, id, group, period, version, _) = kept.Document;
                await store.CommitAsync(new BillingChange { Documents = [new(kind, id, group, period, version, body)] }, cancellation);
                count++;
            }
            catch (BillingConflictException)
            {
                // Whoever changed it has written it as it is now.
            }
            catch (Exception e) when (e is InvalidOperationException or System.Security.Cryptography.CryptographicException)
            {
                unreadable.Add(kept.Owner);
            }
        }
        return (count, unreadable);
    }

    private async IAsyncEnumerable<SealedDocument> SealedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const int page = 100;
        foreach (var kind in (DocumentKind[])[DocumentKind.PayoutAccount, DocumentKind.Application])
        {
            var after = "";
            while (true)
            {
                var documents = await store.ListAsync(kind, null, null, after, page, cancellation);
                foreach (var document in documents)
                {
                    if (Sealed(document) is { } kept)
                        yield return kept;
                }
                if (documents.Count < page)
                    break;
                after = documents[^1].Id;
            }
        }
    }

    private static SealedDocument? Sealed(StoredDocument document)
    {
        if (document.Kind == DocumentKind.PayoutAccount)
        {
            var kept = BillingJson.Read<Kept>(document.Body);
            return new(
                document,
                [.. new[] { kept.Sealed, kept.Next?.Sealed }.OfType<string>()],
                OwnerOf(document.Id),
                reseal =>
                    BillingJson.Write(
                        kept with
                        {
                            Sealed = kept.Sealed is { } text ? reseal(text) : null,
                            Next = kept.Next is { } next ? next with { Sealed = reseal(next.Sealed) } : null,
                        }
                    )
            );
        }
        var application = BillingJson.Read<VendorApplication>(document.Body);
        return application.SealedAccount is { } account
            ? new(
                document,
                [account],
                OwnerOfApplication(application.Vendor),
                reseal => BillingJson.Write(application with { SealedAccount = reseal(account) })
            )
            : null;
    }

    public static Refused? WhatIsWrong(string account)
    {
        var text = account.Trim();
        return text.Length is < LengthMin or > LengthMax || text.Any(char.IsControl)
            ? Refused.Invalid("account", $"An account is {LengthMin} to {LengthMax} characters, as the bank writes it.")
            : null;
    }

    /// <summary>All but the last four.</summary>
    public static string Mask(string account)
    {
        var text = account.Trim();
        return $"•••• {text[Math.Max(0, text.Length - 4)..]}";
    }

    /// <summary>The account that a payout goes to, masked, as a document has it; null: none is confirmed.</summary>
    internal static string? MaskedOf(string body) => BillingJson.Read<Kept>(body).Masked;

    private async Task<Outcome<PayoutAccount>> ChangeAsync(string vendor, Func<Kept?, Outcome<Kept>> change, CancellationToken cancellation)
    {
        var known = await store.FindAsync(DocumentKind.PayoutAccount, vendor, cancellation);
        var changed = change(known is null ? null : BillingJson.Read<Kept>(known.Body));
        if (changed.Value is not { } next)
            return changed.Refused!;
        try
        {
            await store.CommitAsync(
                new BillingChange
                {
                    Documents = [new(DocumentKind.PayoutAccount, vendor, vendor, null, known?.Version ?? 0, BillingJson.Write(next))],
                },
                cancellation
            );
        }
        catch (BillingConflictException)
        {
            return Changed();
        }
        return next.Shown(vendor);
    }

    private static Refused Changed() => new(Problems.Conflict, "Somebody else has just changed it. Look again.");

    private static string OwnerOfApplication(string vendor) => $"payout account of the application of {vendor}";

    private static string OwnerOf(string vendor) => $"payout account of {vendor}";

    /// <summary>Texts of one document that are sealed for one owner, and the document with each of them sealed anew.</summary>
    private sealed record SealedDocument(
        StoredDocument Document,
        IReadOnlyList<string> Sealed,
        string Owner,
        Func<Func<string, string>, string> With
    );

    /// <summary>What is confirmed, and what waits. A document of before there was a second yes has the first alone.</summary>
    private sealed record Kept(string? Sealed = null, string? Masked = null, DateTimeOffset? At = null, string? By = null)
    {
        public Waiting? Next { get; init; }

        public PayoutAccount Shown(string vendor) =>
            new(vendor, Masked, At, By, Next is { } next ? new(next.Masked, next.At, next.By) : null);
    }

    private sealed record Waiting(string Sealed, string Masked, DateTimeOffset At, PayoutPerson By);
}
