using System.Text.Json.Serialization;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce;

namespace Tokenline.Billing.Settlement;

[JsonConverter(typeof(JsonStringEnumConverter<ApplicationState>))]
public enum ApplicationState
{
    [JsonStringEnumMemberName("submitted")]
    Submitted = 1,

    [JsonStringEnumMemberName("inReview")]
    InReview = 2,

    [JsonStringEnumMemberName("approved")]
    Approved = 3,

    [JsonStringEnumMemberName("rejected")]
    Rejected = 4,

    /// <summary>There are terms.</summary>
    [JsonStringEnumMemberName("contracted")]
    Contracted = 5,
}

/// <summary>A vendor that wants to rent a stall.</summary>
/// <param name="Vendor">The id that it has, or is to have, in the catalogue.</param>
/// <param name="Models">The Model IDs that it wants to list.</param>
/// <param name="SettlementAccount">Where it is paid: an account at a bank, as the bank writes it.</param>
/// <param name="TaxId">Such as the unified social credit code.</param>
/// <param name="Reason">Why it was rejected.</param>
public sealed record VendorApplication(
    string Vendor,
    string Company,
    string Contact,
    string TaxId,
    string SettlementAccount,
    IReadOnlyList<string> Models,
    DateTimeOffset At,
    ApplicationState State = ApplicationState.Submitted,
    string? Reason = null
)
{
    /// <summary>The account, sealed; <see cref="SettlementAccount"/> is what may be shown of it then.</summary>
    public string? SealedAccount { get; init; }
}

/// <summary>How a vendor comes in: it applies, is looked at, is approved, and agrees on terms. Terms of a vendor without an approved application are refused.</summary>
public sealed class Onboarding(IBillingStore store, IStalls stalls, CommerceOptions commerce, PayoutAccounts payouts)
{
    private const int TextLengthMax = 200;
    private const int ModelsMax = 500;

    /// <summary>A new application; after a rejection another, in its place.</summary>
    public async Task<Outcome<VendorApplication>> ApplyAsync(VendorApplication application, CancellationToken cancellation)
    {
        if (WhatIsWrong(application) is { } wrong)
            return wrong;
        var stored = await store.FindAsync(DocumentKind.Application, application.Vendor, cancellation);
        if (stored is not null && BillingJson.Read<VendorApplication>(stored.Body).State != ApplicationState.Rejected)
            return new Refused(Problems.Conflict, $"{application.Vendor} has applied.", "vendor");
        var kept = application with
        {
            SealedAccount = payouts.SealOfApplication(application.Vendor, application.SettlementAccount),
            SettlementAccount = PayoutAccounts.Mask(application.SettlementAccount),
        };
        return await PutAsync(kept, stored, cancellation);
    }

    public Task<Outcome<VendorApplication>> ReviewAsync(string vendor, CancellationToken cancellation) =>
        MoveAsync(
            vendor,
            [ApplicationState.Submitted],
            application => application with { State = ApplicationState.InReview },
            cancellation
        );

    /// <param name="refusal">Why not; null: it is approved.</param>
    public async Task<Outcome<VendorApplication>> DecideAsync(string vendor, string? refusal, CancellationToken cancellation)
    {
        if (refusal is { Length: 0 or > TextLengthMax })
            return Refused.Invalid("reason", $"1 to {TextLengthMax} characters.");
        var decided = await MoveAsync(
            vendor,
            [ApplicationState.InReview],
            application =>
                application with
                {
                    State = refusal is null ? ApplicationState.Approved : ApplicationState.Rejected,
                    Reason = refusal,
                },
            cancellation
        );
        if (decided.Value is { State: ApplicationState.Approved, SealedAccount: { } account })
            await payouts.TakeOverAsync(vendor, account, decided.Value.Contact, cancellation);
        return decided;
    }

    /// <summary>Terms from a period on that is not settled. They follow those before, and change none.</summary>
    public async Task<Outcome<VendorTerms>> AgreeAsync(VendorTerms terms, CancellationToken cancellation)
    {
        if (terms.WhatIsWrong(commerce.Currency) is { } wrong)
            return wrong;
        if ((await stalls.AllAsync(cancellation)).All(stall => stall.Vendor != terms.Vendor))
            return Refused.NotFound("vendor", terms.Vendor) with { Param = "vendor" };
        if (await store.FindAsync(DocumentKind.Application, terms.Vendor, cancellation) is not { } applied)
            return new Refused(Problems.WrongState, $"{terms.Vendor} has not applied: nobody knows where it is to be paid.", "vendor");
        var application = BillingJson.Read<VendorApplication>(applied.Body);
        if (application.State is not (ApplicationState.Approved or ApplicationState.Contracted))
            return new Refused(Problems.WrongState, $"The application of {terms.Vendor} is not approved.", "vendor");
        if (await IsSettledAsync(terms.From, cancellation))
            return Settled(terms.From);
        var known = await store.ListAsync(DocumentKind.VendorTerms, terms.Vendor, null, "", SettlementRun.DocumentsAtOnce, cancellation);
        var next = terms with { Number = known.Count + 1 };
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(DocumentKind.VendorTerms, next.Id, next.Vendor, null, 0, BillingJson.Write(next)),
                    new(
                        DocumentKind.Application,
                        applied.Id,
                        applied.Group,
                        null,
                        applied.Version,
                        BillingJson.Write(application with { State = ApplicationState.Contracted })
                    ),
                ],
            },
            cancellation
        );
        return next;
    }

    public async Task<Outcome<ChannelTerms>> AgreeAsync(ChannelTerms terms, CancellationToken cancellation)
    {
        if (terms.WhatIsWrong() is { } wrong)
            return wrong;
        if (terms.Channel.Length is 0 or > 64 || terms.Channel.Any(c => char.IsControl(c) || c is '/' or ':'))
            return Refused.Invalid("channel", "1 to 64 characters, without slashes and colons.");
        if (await IsSettledAsync(terms.From, cancellation))
            return Settled(terms.From);
        var known = await store.ListAsync(DocumentKind.ChannelTerms, terms.Channel, null, "", SettlementRun.DocumentsAtOnce, cancellation);
        var next = terms with { Number = known.Count + 1 };
        await store.CommitAsync(
            new BillingChange { Documents = [new(DocumentKind.ChannelTerms, next.Id, next.Channel, null, 0, BillingJson.Write(next))] },
            cancellation
        );
        return next;
    }

    private async Task<bool> IsSettledAsync(BillingPeriod period, CancellationToken cancellation) =>
        await store.MarkAsync(SettlementRun.MarkOf(period), cancellation) != 0;

    private static Refused Settled(BillingPeriod period) =>
        new(Problems.WrongState, $"{period} is settled: terms begin with a period that is not.", "from");

    private static Refused? WhatIsWrong(VendorApplication application)
    {
        (string Field, string Text)[] texts =
        [
            ("vendor", application.Vendor),
            ("company", application.Company),
            ("contact", application.Contact),
            ("taxId", application.TaxId),
            ("settlementAccount", application.SettlementAccount),
        ];
        foreach (var (field, text) in texts)
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > TextLengthMax || text.Any(char.IsControl))
                return Refused.Invalid(field, $"1 to {TextLengthMax} characters.");
        }
        if (application.Vendor.Any(c => c is '/' or ':'))
            return Refused.Invalid("vendor", "An id has no slashes and colons.");
        return application.Models.Count is 0 or > ModelsMax ? Refused.Invalid("models", $"1 to {ModelsMax} Model IDs.") : null;
    }

    private async Task<Outcome<VendorApplication>> MoveAsync(
        string vendor,
        ApplicationState[] from,
        Func<VendorApplication, VendorApplication> change,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(DocumentKind.Application, vendor, cancellation) is not { } stored)
            return Refused.NotFound("application", vendor);
        var known = BillingJson.Read<VendorApplication>(stored.Body);
        return from.Contains(known.State)
            ? await PutAsync(change(known), stored, cancellation)
            : new Refused(Problems.WrongState, $"The application of {vendor} is {BillingJson.Write(known.State).Trim('"')}.");
    }

    private async Task<Outcome<VendorApplication>> PutAsync(
        VendorApplication application,
        StoredDocument? stored,
        CancellationToken cancellation
    )
    {
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(
                        DocumentKind.Application,
                        application.Vendor,
                        application.Vendor,
                        null,
                        stored?.Version ?? 0,
                        BillingJson.Write(application)
                    ),
                ],
            },
            cancellation
        );
        return application;
    }
}
