using System.Text.Json;
using Tokenline.Billing.Settlement;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Billing.Proposals;

/// <summary>
/// A vendor's own prices: it proposes one with its notice, the operator approves or rejects it, and it takes effect when it is due.
/// What is approved is a version of the tariff or of the vendor's contract, made once; so customers are told of it as of every other price.
/// </summary>
public sealed class PriceProposals(
    IBillingStore store,
    IStalls stalls,
    ICatalogStore catalog,
    CatalogEditing editing,
    TariffPublishing publishing,
    Contracts contracts,
    Pricing pricing,
    TariffHolder tariffs,
    BillingCalendar calendar,
    BillingOptions options,
    ITurns turns,
    TimeProvider time
)
{
    /// <summary>Of one vendor, that wait for the operator.</summary>
    public const int OpenMax = 200;

    public const int DaysMax = 365;
    private const int IdLengthMax = 64;
    private const int TextLengthMax = 200;
    private const int PageSize = 500;
    private const string Turn = "price proposals";

    /// <summary>How long before its start a vendor says a price: what its terms say, or the operator's setting.</summary>
    public async Task<PriceNotice> NoticeAsync(string vendor, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var days = (await TermsAsync(vendor, now, cancellation))?.PriceNoticeDays ?? options.PriceNoticeDays;
        return new(days, now.AddDays(days));
    }

    /// <summary>What a proposal would come to; nothing is kept.</summary>
    public async Task<Outcome<PriceProposalView>> CheckAsync(PriceProposal proposal, CancellationToken cancellation)
    {
        var asked = proposal with { State = ProposalState.Proposed, At = time.GetUtcNow() };
        return await WhatIsWrongAsync(asked, cancellation) is { } wrong ? wrong : await ViewAsync(asked, cancellation);
    }

    /// <summary>Keeps a proposal for the operator. The same again is the same one; of a vendor's model and price one is open at a time.</summary>
    public async Task<Outcome<PriceProposalView>> ProposeAsync(PriceProposal proposal, CancellationToken cancellation)
    {
        var asked = proposal with
        {
            State = ProposalState.Proposed,
            At = time.GetUtcNow(),
            DecidedAt = null,
            DecidedBy = null,
            Answer = null,
            Version = null,
        };
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        if (WhatIsNoName(asked) is { } unnamed)
            return unnamed;
        if (await FindStoredAsync(asked.Vendor, asked.Id, cancellation) is { } known)
            return IsSame(Read(known), asked)
                ? await ViewAsync(Read(known), cancellation)
                : new Refused(Problems.IdempotencyConflict, $"The proposal {asked.Name} is there, with other content.", "id");
        if (await WhatIsWrongAsync(asked, cancellation) is { } wrong)
            return wrong;
        var open = (await AllAsync<PriceProposal>(DocumentKind.PriceProposal, asked.Vendor, cancellation))
            .Where(other => other.StateAt(asked.At) == ProposalState.Proposed)
            .ToList();
        if (open.FirstOrDefault(other => other.Model == asked.Model && other.Price == asked.Price) is { } waiting)
            return new Refused(
                Problems.Conflict,
                $"The proposal {waiting.Id} for {asked.Model} waits for the operator: withdraw it, or wait for the answer.",
                "model"
            );
        if (open.Count >= OpenMax)
            return new Refused(Problems.Conflict, $"{OpenMax} proposals of {asked.Vendor} wait for the operator already.");
        await PutAsync(asked, 0, cancellation);
        return await ViewAsync(asked, cancellation);
    }

    /// <summary>By the vendor, until the operator has decided.</summary>
    public Task<Outcome<PriceProposalView>> WithdrawAsync(string vendor, string id, string by, CancellationToken cancellation) =>
        DecideAsync(vendor, id, by, known => known with { State = ProposalState.Withdrawn }, cancellation);

    public async Task<Outcome<PriceProposalView>> RejectAsync(
        string vendor,
        string id,
        string by,
        string reason,
        CancellationToken cancellation
    ) =>
        reason.Length is 0 or > TextLengthMax
            ? Refused.Invalid("reason", $"Why not? 1 to {TextLengthMax} characters.")
            : await DecideAsync(vendor, id, by, known => known with { State = ProposalState.Rejected, Answer = reason }, cancellation);

    /// <summary>Makes the price's version. Asked again it answers the same.</summary>
    /// <param name="from">A later start than was asked for; null: as it was asked for.</param>
    public async Task<Outcome<PriceProposalView>> ApproveAsync(
        string vendor,
        string id,
        string by,
        DateTimeOffset? from,
        string? answer,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        var found = await FindStoredAsync(vendor, id, cancellation);
        if (found is null)
            return NotFound(vendor, id);
        var known = Read(found);
        if (known.State == ProposalState.Approved && (from is null || from == known.From))
            return await ViewAsync(await PublishAsync(known, found.Version, cancellation), cancellation);
        var now = time.GetUtcNow();
        if (answer?.Length > TextLengthMax)
            return Refused.Invalid("answer", $"At most {TextLengthMax} characters.");
        if (known.State != ProposalState.Proposed)
            return Wrong(known.State);
        if (from < known.From)
            return Refused.Invalid("from", $"The vendor asked for {known.From:O}: its price may start later, and not before.");
        var approved = known with
        {
            State = ProposalState.Approved,
            From = from ?? known.From,
            DecidedAt = now,
            DecidedBy = by,
            Answer = answer,
        };
        if (approved.From <= now)
            return new Refused(
                Problems.WrongState,
                $"It was to start at {approved.From:O}, which has passed: give a later start, or reject it.",
                "from"
            );
        // As strict as the proposal was: the sheet may name what has changed meanwhile.
        if (await WhatIsNoPriceAsync(approved, cancellation) is { } wrong)
            return wrong;
        await PutAsync(approved, found.Version, cancellation);
        return await ViewAsync(await PublishAsync(approved, found.Version + 1, cancellation), cancellation);
    }

    /// <summary>Makes the versions of what was approved when something came between. Returns how many.</summary>
    public async Task<int> ResumeAsync(CancellationToken cancellation)
    {
        var left = (await AllStoredAsync(DocumentKind.PriceProposal, null, cancellation))
            .Where(stored => Read(stored) is { State: ProposalState.Approved, Version: null })
            .ToList();
        if (left.Count == 0)
            return 0;
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        var made = 0;
        foreach (var stored in left)
        {
            if (await store.FindAsync(stored.Kind, stored.Id, cancellation) is not { } now || Read(now).Version is not null)
                continue;
            await PublishAsync(Read(now), now.Version, cancellation);
            made++;
        }
        return made;
    }

    public async Task<Outcome<PriceProposalView>> FindAsync(string vendor, string id, CancellationToken cancellation) =>
        await FindStoredAsync(vendor, id, cancellation) is { } stored ? await ViewAsync(Read(stored), cancellation) : NotFound(vendor, id);

    /// <summary>Newest first.</summary>
    /// <param name="vendor">Null: of all.</param>
    /// <param name="state">Null: in any.</param>
    public async Task<IReadOnlyList<PriceProposalView>> ListAsync(string? vendor, ProposalState? state, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var wanted = (await AllAsync<PriceProposal>(DocumentKind.PriceProposal, vendor, cancellation))
            .Where(proposal => state is null || proposal.StateAt(now) == state)
            .OrderByDescending(proposal => proposal.At)
            .ThenBy(proposal => proposal.Name, StringComparer.Ordinal)
            .ToList();
        var served = await stalls.AllAsync(cancellation);
        var versions = await VersionsAsync(cancellation);
        return [.. wanted.Select(proposal => View(proposal, served, versions))];
    }

    private async Task<Outcome<PriceProposalView>> DecideAsync(
        string vendor,
        string id,
        string by,
        Func<PriceProposal, PriceProposal> decide,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        if (await FindStoredAsync(vendor, id, cancellation) is not { } stored)
            return NotFound(vendor, id);
        var known = Read(stored);
        var decided = decide(known) with { DecidedAt = time.GetUtcNow(), DecidedBy = by };
        if (known.State == decided.State && known.Answer == decided.Answer)
            return await ViewAsync(known, cancellation);
        if (known.State != ProposalState.Proposed)
            return Wrong(known.State);
        await PutAsync(decided, stored.Version, cancellation);
        return await ViewAsync(decided, cancellation);
    }

    /// <summary>Makes the version, or finds the one that was made.</summary>
    /// <param name="version">Of the stored document.</param>
    private async Task<PriceProposal> PublishAsync(PriceProposal approved, long version, CancellationToken cancellation)
    {
        if (approved.Version is not null)
            return approved;
        // Whoever came too late for its start still gets it: what has happened is not rated again.
        var schedule = new Schedule(approved.From > time.GetUtcNow() ? approved.From : null, approved.Until);
        var (number, refused) =
            approved.Price == ProposedPrice.Retail
                ? await PublishTariffAsync(approved, schedule, cancellation)
                : await PutContractAsync(approved, schedule, cancellation);
        var published = refused is null
            ? approved with
            {
                Version = number,
            }
            : approved with
            {
                State = ProposalState.Rejected,
                Answer = $"It could not be put in force: {refused.Message}",
            };
        await PutAsync(published, version, CancellationToken.None);
        return published;
    }

    private async Task<(int? Version, Refused?)> PublishTariffAsync(
        PriceProposal approved,
        Schedule schedule,
        CancellationToken cancellation
    )
    {
        if ((await catalog.TariffsAsync(cancellation)).FirstOrDefault(known => known.Reason == approved.PublishedAs) is { } made)
            return (made.Version, null);
        var published = await editing.PublishAsync([(approved.Model, approved.Sheet)], schedule, approved.PublishedAs, cancellation);
        return (published.Value?.Version, published.Refused);
    }

    private async Task<(int? Version, Refused?)> PutContractAsync(PriceProposal approved, Schedule schedule, CancellationToken cancellation)
    {
        if ((await catalog.ContractsAsync(cancellation)).FirstOrDefault(known => known.Reason == approved.PublishedAs) is { } made)
            return (made.Version, null);
        var put = await contracts.PutAsync(approved.Vendor, approved.Model, approved.Sheet, schedule, approved.PublishedAs, cancellation);
        return (put.Value?.Version, put.Refused);
    }

    private static Refused? WhatIsNoName(PriceProposal proposal) =>
        proposal.Id.Length is 0 or > IdLengthMax || proposal.Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            ? Refused.Invalid("id", $"1 to {IdLengthMax} letters, digits, hyphens, underscores and dots.")
        : !Enum.IsDefined(proposal.Price) ? Refused.Invalid("kind", "retail or wholesale.")
        : proposal.Reason.Length > TextLengthMax || proposal.Reason.Any(char.IsControl)
            ? Refused.Invalid("reason", $"At most {TextLengthMax} characters.")
        : null;

    private async Task<Refused?> WhatIsWrongAsync(PriceProposal proposal, CancellationToken cancellation)
    {
        if (WhatIsNoName(proposal) is { } unnamed)
            return unnamed;
        if ((await stalls.AllAsync(cancellation)).FirstOrDefault(stall => stall.Vendor == proposal.Vendor) is not { } mine)
            return Refused.NotFound("vendor", proposal.Vendor) with { Param = "vendor" };
        if (mine.Models.All(listed => listed.Model != proposal.Model))
            return new Refused(Problems.ModelNotFound, $"{proposal.Vendor} does not serve the model '{proposal.Model}'.", "model");
        var notice = await NoticeAsync(proposal.Vendor, cancellation);
        if (proposal.From < notice.Earliest)
            return Refused.Invalid(
                Schedule.FromField,
                $"A price is proposed {notice.Days} days before it starts: the earliest is {notice.Earliest:O}."
            );
        if (
            proposal.Price == ProposedPrice.Wholesale
            && await TermsAsync(proposal.Vendor, proposal.From, cancellation) is { Kind: TermsKind.RevenueShare }
        )
            return Refused.Invalid("kind", $"{proposal.Vendor} is paid by a share of revenue: it has no wholesale price.");
        return await WhatIsNoPriceAsync(proposal, cancellation);
    }

    private async Task<VendorTerms?> TermsAsync(string vendor, DateTimeOffset at, CancellationToken cancellation) =>
        (await AllAsync<VendorTerms>(DocumentKind.VendorTerms, vendor, cancellation))
            .Where(known => known.Covers(calendar.PeriodOf(at)))
            .MaxBy(known => known.Number);

    /// <summary>Null: it could be published as it stands.</summary>
    private async Task<Refused?> WhatIsNoPriceAsync(PriceProposal proposal, CancellationToken cancellation)
    {
        var listing = (await catalog.LoadAsync(cancellation)).Models.FirstOrDefault(known => known.Id == proposal.Model);
        if (listing is null)
            return Refused.NotFound("model", proposal.Model) with { Problem = Problems.ModelNotFound, Param = "model" };
        var schedule = new Schedule(proposal.From, proposal.Until);
        if (proposal.Price == ProposedPrice.Retail)
            return publishing.Draft([new(proposal.Model, listing.Kind, proposal.Sheet)], "", schedule).Refused is { } wrong
                ? wrong.Param is Schedule.FromField or Schedule.UntilField
                    ? wrong
                    : wrong with
                    {
                        Param = $"price.{wrong.Param}",
                    }
                : null;
        return schedule.WhatIsWrong(time.GetUtcNow()) is { } wrongTime ? wrongTime
            : pricing.ToContract(proposal.Model, proposal.Sheet, tariffs.LastContract + 1, listing.Kind).Refused is { } wrongSheet
                ? wrongSheet with
                {
                    Param = $"price.{wrongSheet.Param}",
                }
            : null;
    }

    private async Task<PriceProposalView> ViewAsync(PriceProposal proposal, CancellationToken cancellation) =>
        View(proposal, await stalls.AllAsync(cancellation), await VersionsAsync(cancellation));

    private PriceProposalView View(PriceProposal proposal, IReadOnlyList<Stall> served, Versions versions)
    {
        var now = time.GetUtcNow();
        var own = proposal.Version ?? int.MaxValue;
        var isRetail = proposal.Price == ProposedPrice.Retail;
        var charges = versions.Charges(pricing, proposal);
        var before = isRetail
            ? new TariffBook(tariffs.Current.Versions.Where(known => known.Version < own)).Find(proposal.Model, proposal.From)
            : new TariffBook([], tariffs.Current.Contracts.Where(known => known.Charges.Version < own)).FindContract(
                proposal.Vendor,
                proposal.Model,
                proposal.From
            );
        return new(
            proposal,
            proposal.StateAt(now),
            proposal.Version is not { } number ? null
                : isRetail ? versions.Tariffs.GetValueOrDefault(number)?.StateAt(now)
                : versions.Contracts.GetValueOrDefault(number)?.StateAt(now),
            before is null || charges is null ? null : PriceDifference.Between(before, charges),
            before is null,
            isRetail
                ?
                [
                    .. served
                        .Where(stall => stall.Vendor != proposal.Vendor && stall.Models.Any(listed => listed.Model == proposal.Model))
                        .Select(stall => stall.Vendor)
                        .Order(StringComparer.Ordinal),
                ]
                : []
        );
    }

    private async Task<Versions> VersionsAsync(CancellationToken cancellation) =>
        new(
            (await catalog.TariffsAsync(cancellation)).ToDictionary(version => version.Version),
            (await catalog.ContractsAsync(cancellation)).ToDictionary(version => version.Version),
            (await catalog.LoadAsync(cancellation)).Models.ToDictionary(model => model.Id, model => model.Kind)
        );

    private sealed record Versions(
        Dictionary<int, TariffVersion> Tariffs,
        Dictionary<int, ContractVersion> Contracts,
        Dictionary<string, ModelKind> Kinds
    )
    {
        /// <summary>Null: the sheet is not one any more, such as of a kind of model that was changed.</summary>
        public ModelTariff? Charges(Pricing pricing, PriceProposal proposal)
        {
            var kind = Kinds.GetValueOrDefault(proposal.Model, ModelKind.Chat);
            return proposal.Price == ProposedPrice.Retail
                ? pricing.ToTariff(proposal.Model, proposal.Sheet, 0, kind).Value
                : pricing.ToContract(proposal.Model, proposal.Sheet, 0, kind).Value;
        }
    }

    private static bool IsSame(PriceProposal known, PriceProposal asked) =>
        known.Model == asked.Model
        && known.Price == asked.Price
        && known.Until == asked.Until
        && known.Reason == asked.Reason
        // An approval may have made the start later.
        && (known.From == asked.From || known.State == ProposalState.Approved)
        && JsonSerializer.Serialize(known.Sheet, BillingJson.Options) == JsonSerializer.Serialize(asked.Sheet, BillingJson.Options);

    private static Refused Wrong(ProposalState state) =>
        new(Problems.WrongState, $"The proposal is {BillingJson.Write(state).Trim('"')}: there is nothing to decide.");

    private static Refused NotFound(string vendor, string id) => Refused.NotFound("price proposal", $"{vendor}/{id}");

    private static PriceProposal Read(StoredDocument stored) => BillingJson.Read<PriceProposal>(stored.Body);

    private Task<StoredDocument?> FindStoredAsync(string vendor, string id, CancellationToken cancellation) =>
        store.FindAsync(DocumentKind.PriceProposal, $"{vendor}/{id}", cancellation);

    private Task PutAsync(PriceProposal proposal, long known, CancellationToken cancellation) =>
        store.CommitAsync(
            new BillingChange
            {
                Documents = [new(DocumentKind.PriceProposal, proposal.Name, proposal.Vendor, null, known, BillingJson.Write(proposal))],
            },
            cancellation
        );

    private async Task<List<T>> AllAsync<T>(DocumentKind kind, string? group, CancellationToken cancellation) =>
        [.. (await AllStoredAsync(kind, group, cancellation)).Select(stored => BillingJson.Read<T>(stored.Body))];

    private async Task<List<StoredDocument>> AllStoredAsync(DocumentKind kind, string? group, CancellationToken cancellation)
    {
        var (all, after) = (new List<StoredDocument>(), "");
        while (true)
        {
            var page = await store.ListAsync(kind, group, null, after, PageSize, cancellation);
            all.AddRange(page);
            if (page.Count < PageSize)
                return all;
            after = page[^1].Id;
        }
    }
}
