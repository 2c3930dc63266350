using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Commerce.Parties;

/// <summary>What a new key shall be.</summary>
/// <param name="Models">The only Model IDs it may call; null is all.</param>
/// <param name="Allotment">The node of the account's tree that it belongs to; null is the account itself.</param>
/// <param name="Limits">With them the key gets a node of its own under <paramref name="Allotment"/>.</param>
public sealed record KeyTerms(
    string? Name,
    DateTimeOffset? ExpiresAt = null,
    string[]? Models = null,
    AllotmentId? Allotment = null,
    Limit[]? Limits = null
);

/// <summary>Issuing and revoking keys: stored first, then live in the <see cref="Keyring"/> at once. One change of a customer's keys at a time.</summary>
public sealed class Keys(
    IKeyStore store,
    ICustomerStore customers,
    IChargingAccounts accounts,
    IModelCatalogSource catalog,
    ITurns turns,
    ConfigurationWatch watch,
    IdSource ids,
    TimeProvider time
)
{
    public const int LiveMax = 100;
    private const int NameLengthMax = 100;
    private const int ModelsMax = 200;

    public Task<Outcome<NewApiKey>> CreateAsync(
        PartyId customer,
        string? name,
        DateTimeOffset? expiresAt,
        string[]? models,
        CancellationToken cancellation
    ) => CreateAsync(customer, new KeyTerms(name, expiresAt, models), cancellation);

    public async Task<Outcome<NewApiKey>> CreateAsync(PartyId customer, KeyTerms wanted, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (WhatIsWrong(wanted, now) is { } wrong)
            return wrong;
        await using var _ = await turns.TakeAsync(Turns.KeysOf(customer), cancellation);
        if (await customers.FindAsync(customer, cancellation) is not { } owner)
            return Refused.NotFound("customer", customer.ToString());
        if ((await store.ListAsync(customer, cancellation)).Count(key => IsLive(key, now)) >= LiveMax)
            return new Refused(Problems.Conflict, $"A customer has at most {LiveMax} live keys. Revoke one.");
        var node = await NodeAsync(owner, wanted);
        return node.Refused is { } refused ? refused : await IssueAsync(owner, wanted, node.Required(), now);
    }

    public Task<IReadOnlyList<ApiKey>> ListAsync(PartyId customer, CancellationToken cancellation) =>
        store.ListAsync(customer, cancellation);

    /// <summary>From the answer on the key is unknown. A call that runs goes on to its end. Revoking again changes nothing.</summary>
    public async Task<Outcome<ApiKey>> RevokeAsync(PartyId customer, KeyId id, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.KeysOf(customer), cancellation);
        var key = (await store.ListAsync(customer, cancellation)).FirstOrDefault(known => known.Id == id);
        if (key is null)
            return Refused.NotFound("key", id.ToString());
        if (key.RevokedAt is not null)
            return key;
        var now = time.GetUtcNow();
        await store.RevokeAsync(id, now, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return key with { RevokedAt = now };
    }

    /// <summary>Each live key leads to the account that serves its node.</summary>
    internal async Task PlaceAsync(Customer owner)
    {
        await using var _ = await turns.TakeAsync(Turns.KeysOf(owner.Id), CancellationToken.None);
        var served = (await accounts.ServedTreeAsync(owner.Account)).ToDictionary(node => node.View.Terms.Id, node => node.Account);
        var now = time.GetUtcNow();
        var misplaced = (await store.ListAsync(owner.Id, CancellationToken.None))
            .Where(key => IsLive(key, now) && key.Account != PlaceOf(key))
            .ToLookup(PlaceOf, key => key.Id);
        foreach (var place in misplaced)
            await store.MoveAsync([.. place], place.Key, CancellationToken.None);
        if (misplaced.Count > 0)
            await watch.RoundAsync(CancellationToken.None);

        AccountId PlaceOf(ApiKey key) => key.Allotment is { } node && served.TryGetValue(node, out var account) ? account : owner.Account;
    }

    private Refused? WhatIsWrong(KeyTerms wanted, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(wanted.Name) || wanted.Name.Length > NameLengthMax)
            return Refused.Invalid("name", $"A name has 1 to {NameLengthMax} characters.");
        if (wanted.ExpiresAt <= now)
            return Refused.Invalid("expiresAt", "The key would have expired already.");
        if (wanted.Models is { Length: 0 or > ModelsMax } || wanted.Models?.Any(model => model is not { Length: > 0 and <= 128 }) == true)
            return Refused.Invalid("models", $"Name 1 to {ModelsMax} Model IDs, or leave models out for all.");
        // A mistyped Model ID would make a key that opens nothing, and nobody would know why.
        return wanted.Models?.FirstOrDefault(model => catalog.Current.Find(model) is null) is { } unknown
            ? Refused.Invalid("models", UnknownModel(unknown))
            : null;
    }

    /// <summary>Where the key will be: a node that is there and open, or a new one of its own under it.</summary>
    private async Task<Outcome<KeyNode>> NodeAsync(Customer owner, KeyTerms wanted)
    {
        if (wanted is { Allotment: null, Limits: null })
            return new KeyNode(null, owner.Account);
        var account = owner.Account;
        if (wanted.Allotment is { } parent && parent != Allotment.Root)
        {
            var tree = (await accounts.ServedTreeAsync(owner.Account)).ToDictionary(node => node.View.Terms.Id);
            if (!tree.TryGetValue(parent, out var node))
                return Refused.Invalid("allotment", $"The account has no node {parent}.");
            account = node.Account;
            for (var at = node.View.Terms; at.Id != Allotment.Root; at = tree[at.Parent].View.Terms)
            {
                if (at.IsClosed)
                    return Refused.Invalid("allotment", $"{at.Name} ({at.Id}) is closed.");
            }
        }
        if (wanted.Limits is null)
            return new KeyNode(wanted.Allotment, account);
        // Made before the key: a crash between leaves a node that nothing passes, never a key without its limits.
        var own = new Allotment(
            ids.Next<AllotmentKind>(),
            wanted.Allotment ?? Allotment.Root,
            wanted.Name!.Trim(),
            AllotmentType.Key,
            wanted.Limits
        );
        return await accounts.ExecuteAsync(account, new PutAllotment(ids.Next<CommandKind>(), own)) is { } refusal
            ? Refused.By(refusal)
            : new KeyNode(own.Id, account);
    }

    private async Task<NewApiKey> IssueAsync(Customer owner, KeyTerms wanted, KeyNode node, DateTimeOffset now)
    {
        var text = Keyring.NewKey();
        var key = new ApiKey(
            ids.Next<KeyKind>(),
            owner.Id,
            node.Account,
            wanted.Name!.Trim(),
            Keyring.HashOf(text),
            text[^4..],
            now,
            wanted.ExpiresAt?.ToUniversalTime(),
            wanted.Models,
            RevokedAt: null,
            node.Id == Allotment.Root ? null : node.Id
        );
        await store.AddAsync(key, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return new NewApiKey(key, text);
    }

    private string UnknownModel(string model)
    {
        var nearest = NearestModels.Of(model, catalog.Current.Models.Select(known => known.Id));
        return nearest.Length == 0
            ? $"There is no model '{model}'; the catalogue is empty."
            : $"There is no model '{model}'. Nearest Model IDs: {string.Join(", ", nearest)}.";
    }

    private static bool IsLive(ApiKey key, DateTimeOffset now) => key.RevokedAt is null && !(key.ExpiresAt <= now);

    private sealed record KeyNode(AllotmentId? Id, AccountId Account);
}
