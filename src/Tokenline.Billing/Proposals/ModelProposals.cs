using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Billing.Proposals;

/// <summary>A vendor lists models by itself: it proposes one, the operator approves or rejects it, and with the approval it can be called.</summary>
public sealed class ModelProposals(
    IBillingStore store,
    ICatalogStore catalog,
    CatalogEditing editing,
    Pricing pricing,
    ITurns turns,
    TimeProvider time
)
{
    /// <summary>Of one vendor, that wait for the operator.</summary>
    public const int OpenMax = 100;

    public const int NameLengthMax = 128;
    private const int TextLengthMax = 200;
    private const int PageSize = 500;
    private const string Turn = "model proposals";
    private const string GeneralToken = "general-token";

    /// <summary>Newest first.</summary>
    /// <param name="vendor">Null: of all vendors.</param>
    /// <param name="state">Null: in whichever.</param>
    public async Task<IReadOnlyList<ModelProposal>> ListAsync(string? vendor, ProposalState? state, CancellationToken cancellation)
    {
        var (all, after) = (new List<ModelProposal>(), "");
        while (await store.ListAsync(DocumentKind.ModelProposal, vendor, null, after, PageSize, cancellation) is { Count: > 0 } page)
        {
            all.AddRange(page.Select(stored => BillingJson.Read<ModelProposal>(stored.Body)));
            after = page[^1].Id;
        }
        return [.. all.Where(proposal => state is null || proposal.State == state).OrderByDescending(proposal => proposal.At)];
    }

    public async Task<Outcome<ModelProposal>> FindAsync(string vendor, string model, CancellationToken cancellation) =>
        (await FindStoredAsync(vendor, model, cancellation)).Proposal is { } known ? known : NotFound(vendor, model);

    /// <summary>The proposal as it would be kept, or what is wrong with it.</summary>
    public async Task<Outcome<ModelProposal>> CheckAsync(ModelProposal asked, CancellationToken cancellation)
    {
        foreach (var (field, text) in new[] { ("model", asked.Model), ("name", asked.Name), ("upstream", asked.Upstream) })
        {
            if (text.Length is 0 or > NameLengthMax || text.Any(c => char.IsControl(c) || (field != "name" && char.IsWhiteSpace(c))))
                return Refused.Invalid(field, $"1 to {NameLengthMax} characters{(field == "name" ? "" : ", without spaces")}.");
        }
        if (asked.Reason.Length is 0 or > TextLengthMax)
            return Refused.Invalid("reason", $"1 to {TextLengthMax} characters.");
        var rows = await catalog.LoadAsync(cancellation);
        if (rows.Vendors.All(vendor => vendor.Id != asked.Vendor))
            return Refused.NotFound("vendor", asked.Vendor) with { Param = "vendor" };
        if (rows.Mappings.Any(mapping => mapping.Vendor == asked.Vendor && mapping.Model == asked.Model))
            return new Refused(Problems.Conflict, $"You serve '{asked.Model}' already.", "model");
        if (rows.Models.FirstOrDefault(model => model.Id == asked.Model) is { } known)
            return asked with
            {
                Name = known.Name,
                Kind = known.Kind,
                ContextTokens = known.ContextTokens,
                OutputTokensMax = known.OutputTokensMax,
                Sheet = null,
            };
        if (asked.ContextTokens <= 0 || asked.OutputTokensMax <= 0 || asked.OutputTokensMax > asked.ContextTokens)
            return Refused.Invalid("context", "A model reads and writes some tokens, and does not write more than fits into it.");
        if (asked.Sheet is not { } sheet)
            return Refused.Invalid("sheet", "Nobody sells this model yet: what would it cost?");
        return pricing.ToTariff(asked.Model, sheet, int.MaxValue, asked.Kind).Refused is { } wrong ? wrong : asked;
    }

    public async Task<Outcome<ModelProposal>> ProposeAsync(ModelProposal asked, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        var read = await CheckAsync(
            asked with
            {
                At = time.GetUtcNow(),
                State = ProposalState.Proposed,
                DecidedAt = null,
                DecidedBy = null,
                Answer = null,
            },
            cancellation
        );
        if (read.Value is not { } proposal)
            return read;
        var stored = await store.FindAsync(DocumentKind.ModelProposal, proposal.Id, cancellation);
        if (stored is not null && BillingJson.Read<ModelProposal>(stored.Body).State == ProposalState.Proposed)
            return new Refused(
                Problems.Conflict,
                $"'{proposal.Model}' waits for the operator: take it back, or wait for the answer.",
                "model"
            );
        if ((await ListAsync(proposal.Vendor, ProposalState.Proposed, cancellation)).Count >= OpenMax)
            return new Refused(Problems.Conflict, $"{OpenMax} models of {proposal.Vendor} wait for the operator already.");
        return await PutAsync(proposal, stored, cancellation);
    }

    /// <summary>By the vendor, until the operator has decided.</summary>
    public Task<Outcome<ModelProposal>> WithdrawAsync(string vendor, string model, string by, CancellationToken cancellation) =>
        DecideAsync(vendor, model, by, known => known with { State = ProposalState.Withdrawn }, cancellation);

    public async Task<Outcome<ModelProposal>> RejectAsync(
        string vendor,
        string model,
        string by,
        string reason,
        CancellationToken cancellation
    ) =>
        reason.Length is 0 or > TextLengthMax
            ? Refused.Invalid("reason", $"Why not? 1 to {TextLengthMax} characters.")
            : await DecideAsync(vendor, model, by, known => known with { State = ProposalState.Rejected, Answer = reason }, cancellation);

    /// <summary>Puts the model up for sale, or beside those who sell it, and maps the vendor to it. Asked again it answers the same.</summary>
    /// <param name="sheet">What customers are charged, with the weights in quota units; null: as it was proposed, with <see cref="WithWeights"/>.</param>
    public async Task<Outcome<ModelProposal>> ApproveAsync(
        string vendor,
        string model,
        string by,
        PriceSheet? sheet,
        string? answer,
        CancellationToken cancellation
    )
    {
        if (answer?.Length > TextLengthMax)
            return Refused.Invalid("answer", $"At most {TextLengthMax} characters.");
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        var found = await FindStoredAsync(vendor, model, cancellation);
        if (found.Proposal is not { } known)
            return NotFound(vendor, model);
        if (known.State == ProposalState.Approved)
            return known;
        if (known.State != ProposalState.Proposed)
            return Wrong(known);
        if (await ConnectAsync(known, sheet, answer ?? known.Reason, cancellation) is { } wrong)
            return wrong;
        return await PutAsync(
            known with
            {
                State = ProposalState.Approved,
                DecidedAt = time.GetUtcNow(),
                DecidedBy = by,
                Answer = answer,
            },
            found.Stored,
            cancellation
        );
    }

    /// <summary>The sheet with a weight in general tokens where it has none: as many as the price is in the operator's currency, as the shipped catalogue weighs.</summary>
    public PriceSheet WithWeights(PriceSheet sheet)
    {
        var rate = pricing.RateOf(sheet.Currency) ?? 1;
        return sheet with
        {
            Tiers =
            [
                .. sheet.Tiers.Select(tier =>
                    tier.Weights is { Count: > 0 }
                        ? tier
                        : tier with
                        {
                            Weights = new Dictionary<string, IReadOnlyDictionary<string, decimal>>
                            {
                                [GeneralToken] = tier.Price.ToDictionary(price => price.Key, price => decimal.Round(price.Value * rate, 4)),
                            },
                        }
                ),
            ],
        };
    }

    /// <summary>Null: it is connected, now or before.</summary>
    private async Task<Refused?> ConnectAsync(ModelProposal proposal, PriceSheet? sheet, string reason, CancellationToken cancellation)
    {
        var rows = await catalog.LoadAsync(cancellation);
        if (rows.Mappings.Any(mapping => mapping.Vendor == proposal.Vendor && mapping.Model == proposal.Model))
            return null;
        var others = rows.Mappings.Where(mapping => mapping.Model == proposal.Model).ToList();
        var priority = others.Count == 0 ? 0 : others.Max(mapping => mapping.Priority) + 1;
        if (rows.Models.Any(model => model.Id == proposal.Model))
            return (await editing.MapAsync(proposal.Model, proposal.Vendor, proposal.Upstream, priority, cancellation)).Refused;
        if ((sheet ?? (proposal.Sheet is { } asked ? WithWeights(asked) : null)) is not { } price)
            return Refused.Invalid("sheet", $"'{proposal.Model}' is not for sale any more: what would it cost?");
        var listing = new ModelListing(
            proposal.Model,
            proposal.Name,
            proposal.Vendor,
            time.GetUtcNow().ToUnixTimeSeconds(),
            proposal.ContextTokens,
            proposal.OutputTokensMax,
            0,
            false,
            null,
            "max_tokens",
            price
        )
        {
            Kind = proposal.Kind,
        };
        var mapping = new Mapping(proposal.Model, proposal.Vendor, proposal.Upstream, priority);
        return (await editing.PutModelsAsync([listing], [mapping], reason, cancellation)).Refused;
    }

    private async Task<Outcome<ModelProposal>> DecideAsync(
        string vendor,
        string model,
        string by,
        Func<ModelProposal, ModelProposal> decide,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turn, cancellation);
        var found = await FindStoredAsync(vendor, model, cancellation);
        if (found.Proposal is not { } known)
            return NotFound(vendor, model);
        return known.State == ProposalState.Proposed
            ? await PutAsync(decide(known) with { DecidedAt = time.GetUtcNow(), DecidedBy = by }, found.Stored, cancellation)
            : Wrong(known);
    }

    private async Task<(ModelProposal? Proposal, StoredDocument? Stored)> FindStoredAsync(
        string vendor,
        string model,
        CancellationToken cancellation
    ) =>
        await store.FindAsync(DocumentKind.ModelProposal, $"{vendor}/{model}", cancellation) is { } stored
            ? (BillingJson.Read<ModelProposal>(stored.Body), stored)
            : (null, null);

    private async Task<Outcome<ModelProposal>> PutAsync(ModelProposal proposal, StoredDocument? stored, CancellationToken cancellation)
    {
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(DocumentKind.ModelProposal, proposal.Id, proposal.Vendor, null, stored?.Version ?? 0, BillingJson.Write(proposal)),
                ],
            },
            cancellation
        );
        return proposal;
    }

    private static Refused NotFound(string vendor, string model) => Refused.NotFound("model proposal", $"{vendor}/{model}");

    private static Refused Wrong(ModelProposal proposal) =>
        new(Problems.WrongState, $"'{proposal.Model}' of {proposal.Vendor} is {BillingJson.Write(proposal.State).Trim('"')}.");
}
