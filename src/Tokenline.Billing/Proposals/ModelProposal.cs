using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Proposals;

/// <summary>A model that a vendor wants to list, as it asked for it, and what became of that. One of a vendor and a Model ID; after a rejection another in its place.</summary>
/// <param name="Model">The Model ID that customers would ask for.</param>
/// <param name="Upstream">The vendor's own name for it.</param>
/// <param name="Sheet">What the vendor asks customers to be charged; null: the model is for sale already, and its price is the model's.</param>
/// <param name="By">Who proposed it, for those who read it.</param>
/// <param name="Answer">Why it was rejected, or what the operator said to an approval.</param>
public sealed record ModelProposal(
    string Vendor,
    string Model,
    string Name,
    ModelKind Kind,
    string Upstream,
    long ContextTokens,
    long OutputTokensMax,
    PriceSheet? Sheet,
    string Reason,
    string By,
    DateTimeOffset At,
    ProposalState State = ProposalState.Proposed,
    DateTimeOffset? DecidedAt = null,
    string? DecidedBy = null,
    string? Answer = null
)
{
    [JsonIgnore]
    public string Id => $"{Vendor}/{Model}";
}
