using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Parties;

/// <summary>Issuing and revoking keys: stored first, then live in the <see cref="Keyring"/> at once.</summary>
public sealed class Keys(
    IKeyStore store,
    ICustomerStore customers,
    IModelCatalogSource catalog,
    Keyring keyring,
    IdSource ids,
    TimeProvider time
)
{
    public const int LiveMax = 100;
    private const int NameLengthMax = 100;
    private const int ModelsMax = 200;

    public async Task<Outcome<NewApiKey>> CreateAsync(
        PartyId customer,
        string? name,
        DateTimeOffset? expiresAt,
        string[]? models,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        if (string.IsNullOrWhiteSpace(name) || name.Length > NameLengthMax)
            return Refused.Invalid("name", $"A name has 1 to {NameLengthMax} characters.");
        if (expiresAt <= now)
            return Refused.Invalid("expiresAt", "The key would have expired already.");
        if (models is { Length: 0 or > ModelsMax } || models?.Any(model => model is not { Length: > 0 and <= 128 }) == true)
            return Refused.Invalid("models", $"Name 1 to {ModelsMax} Model IDs, or leave models out for all.");
        // A mistyped Model ID would make a key that opens nothing, and nobody would know why.
        if (models?.FirstOrDefault(model => catalog.Current.Find(model) is null) is { } unknown)
            return Refused.Invalid("models", UnknownModel(unknown));
        if (await customers.FindAsync(customer, cancellation) is not { } owner)
            return Refused.NotFound("customer", customer.ToString());
        if ((await store.ListAsync(customer, cancellation)).Count(key => IsLive(key, now)) >= LiveMax)
            return new Refused(Problems.Conflict, $"A customer has at most {LiveMax} live keys. Revoke one.");

        var text = Keyring.NewKey();
        var key = new ApiKey(
            ids.Next<KeyKind>(),
            owner.Id,
            owner.Account,
            name.Trim(),
            Keyring.HashOf(text),
            text[^4..],
            now,
            expiresAt?.ToUniversalTime(),
            models,
            null
        );
        await store.AddAsync(key, CancellationToken.None);
        keyring.Put(key.Hash, key.Rights);
        return new NewApiKey(key, text);
    }

    public Task<IReadOnlyList<ApiKey>> ListAsync(PartyId customer, CancellationToken cancellation) =>
        store.ListAsync(customer, cancellation);

    /// <summary>From the answer on the key is unknown. A call that runs goes on to its end. Revoking again changes nothing.</summary>
    public async Task<Outcome<ApiKey>> RevokeAsync(PartyId customer, KeyId id, CancellationToken cancellation)
    {
        var key = (await store.ListAsync(customer, cancellation)).FirstOrDefault(known => known.Id == id);
        if (key is null)
            return Refused.NotFound("key", id.ToString());
        if (key.RevokedAt is not null)
            return key;
        var now = time.GetUtcNow();
        await store.RevokeAsync(id, now, CancellationToken.None);
        keyring.Remove(key.Hash);
        return key with { RevokedAt = now };
    }

    /// <summary>Fills the keyring at start.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await foreach (var key in store.LiveAsync(time.GetUtcNow(), cancellation))
            keyring.Put(key.Hash, key.Rights);
    }

    private string UnknownModel(string model)
    {
        var nearest = NearestModels.Of(model, catalog.Current.Models.Select(known => known.Id));
        return nearest.Length == 0
            ? $"There is no model '{model}'; the catalogue is empty."
            : $"There is no model '{model}'. Nearest Model IDs: {string.Join(", ", nearest)}.";
    }

    private static bool IsLive(ApiKey key, DateTimeOffset now) => key.RevokedAt is null && !(key.ExpiresAt <= now);
}
