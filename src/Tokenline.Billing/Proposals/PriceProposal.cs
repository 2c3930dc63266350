using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Proposals;

[JsonConverter(typeof(JsonStringEnumConverter<ProposedPrice>))]
public enum ProposedPrice
{
    /// <summary>What customers are charged for the model: a tariff version when it is approved.</summary>
    [JsonStringEnumMemberName("retail")]
    Retail = 1,

    /// <summary>What the vendor is owed for it: a version of its contract when it is approved.</summary>
    [JsonStringEnumMemberName("wholesale")]
    Wholesale = 2,
}

[JsonConverter(typeof(JsonStringEnumConverter<ProposalState>))]
public enum ProposalState
{
    /// <summary>Waits for the operator.</summary>
    [JsonStringEnumMemberName("proposed")]
    Proposed = 1,

    /// <summary>Taken back by the vendor.</summary>
    [JsonStringEnumMemberName("withdrawn")]
    Withdrawn = 2,

    [JsonStringEnumMemberName("rejected")]
    Rejected = 3,

    /// <summary>The price takes effect when it is due, without anybody doing more.</summary>
    [JsonStringEnumMemberName("approved")]
    Approved = 4,

    /// <summary>Nobody decided until it was to start. Never stored: it follows from the clock.</summary>
    [JsonStringEnumMemberName("lapsed")]
    Lapsed = 5,
}

/// <summary>A price that a vendor asks for, as it asked for it, and what became of that.</summary>
/// <param name="Id">The vendor's own: given again it is the same proposal.</param>
/// <param name="From">When it is to start. An approval may make it later, never earlier.</param>
/// <param name="Until">Makes it a promotion: then the former price returns.</param>
/// <param name="By">Who proposed it, for those who read it.</param>
/// <param name="Answer">Why it was rejected, or what the operator said to an approval.</param>
/// <param name="Version">Of the tariff or the contract that the approval made.</param>
public sealed record PriceProposal(
    string Vendor,
    string Id,
    ProposedPrice Price,
    string Model,
    PriceSheet Sheet,
    DateTimeOffset From,
    DateTimeOffset? Until,
    string Reason,
    string By,
    DateTimeOffset At,
    ProposalState State = ProposalState.Proposed,
    DateTimeOffset? DecidedAt = null,
    string? DecidedBy = null,
    string? Answer = null,
    int? Version = null
)
{
    [JsonIgnore]
    public string Name => $"{Vendor}/{Id}";

    public ProposalState StateAt(DateTimeOffset now) => State == ProposalState.Proposed && From <= now ? ProposalState.Lapsed : State;

    /// <summary>What its version is known by: publishing is found to be done although the answer to it was lost.</summary>
    internal string PublishedAs => $"proposal {Name}{(Reason.Length == 0 ? "" : $": {Reason}")}";
}

/// <summary>A proposal as a person looks at it.</summary>
/// <param name="State">As of now.</param>
/// <param name="Effect">Of an approved one: whether its price has started; null before it was approved.</param>
/// <param name="Difference">To what would be in force at its start, in words; null: it costs the same.</param>
/// <param name="IsFirst">Nothing would be in force at its start without it.</param>
/// <param name="SharedWith">Other vendors that serve the model: a retail price is the model's, and so theirs too.</param>
public sealed record PriceProposalView(
    PriceProposal Proposal,
    ProposalState State,
    TariffState? Effect,
    string? Difference,
    bool IsFirst,
    IReadOnlyList<string> SharedWith
);

/// <summary>What a vendor has to keep to.</summary>
/// <param name="Days">From a proposal to the start of its price.</param>
/// <param name="Earliest">The first instant that a price proposed now could start at.</param>
public sealed record PriceNotice(int Days, DateTimeOffset Earliest);
