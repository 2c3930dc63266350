using Microsoft.Extensions.Time.Testing;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Tests.Routing;

public sealed class SubstitutionEditingTests : IModelCatalogSource, IDisposable
{
    private static readonly AccountId me = new(7);

    private readonly Store store = new();
    private readonly SubstitutionHolder holder = new();
    private readonly ConfigurationWatch watch;
    private readonly SubstitutionEditing editing;

    public SubstitutionEditingTests()
    {
        var (time, turns) = (new FakeTimeProvider(World.Start), new ProcessTurns());
        watch = new(store, [new SubstitutionsPart(store, holder)], turns, time);
        editing = new(store, turns, watch, this, new IdSource(time));
    }

    public ModelCatalog Current { get; } =
        new([
            Model("a", "light", 70),
            Model("b", "light", 80),
            Model("c", "light", 90),
            Model("d", "light", null),
            Model("e", "light", 50),
            Model("f", "light", 50),
            Model("heavy", "flagship", 95),
            Model("plain", null, 60),
            Model("vectors", "light", 60, ModelKind.Embedding),
        ]);

    public void Dispose() => watch.Dispose();

    [Fact]
    public async Task A_rule_is_stored_before_it_is_in_force_and_gone_when_it_is_removed()
    {
        var rule = (await AddAsync(new("a", "b") { WhenDown = true })).Required();

        Assert.Equal(rule, Assert.Single(store.Rules));
        Assert.Equal(rule, Assert.Single(holder.Current.Find(me, "a")));

        (await editing.RemoveAsync(rule.Id, null, CancellationToken.None)).Required();
        Assert.Empty(store.Rules);
        Assert.Empty(holder.Current.Find(me, "a"));
    }

    [Fact]
    public async Task Somebody_elses_rule_cannot_be_removed()
    {
        var rule = (await AddAsync(new("a", "b") { WhenDown = true }, me)).Required();

        Assert.Equal("not_found", (await editing.RemoveAsync(rule.Id, null, CancellationToken.None)).Refused!.Problem.Code);
        Assert.Equal("not_found", (await editing.RemoveAsync(rule.Id, new AccountId(8), CancellationToken.None)).Refused!.Problem.Code);
        Assert.Single(store.Rules);
    }

    public static TheoryData<SubstitutionEntry, string> Wrong() =>
        new()
        {
            {
                new(null, "b") { WhenDown = true },
                "model"
            },
            {
                new("nobody", "b") { WhenDown = true },
                "model"
            },
            {
                new("a", "nobody") { WhenDown = true },
                "use"
            },
            {
                new("a", "a") { WhenDown = true },
                "use"
            },
            { new("a", "b"), "whenDown" },
            {
                new("a", "b") { InputPriceAbove = -1 },
                "inputPriceAbove"
            },
            {
                new("a", "b") { OutputPriceAbove = 1_000_001 },
                "outputPriceAbove"
            },
            {
                new("a", "b") { WhenDown = true, QualityMin = 101 },
                "qualityMin"
            },
            {
                new("a", "b") { WhenDown = true, QualityMin = 81 },
                "qualityMin"
            },
            {
                new("a", "d") { WhenDown = true, QualityMin = 1 },
                "qualityMin"
            }, // not known
            {
                new("a", "heavy") { WhenDown = true },
                "use"
            }, // of another class
            {
                new("a", "plain") { WhenDown = true },
                "use"
            },
            {
                new("a", "vectors") { WhenDown = true },
                "use"
            },
            {
                new("plain", null) { WhenDown = true },
                "use"
            }, // of no class
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_could_never_work_is_refused_by_its_field(SubstitutionEntry entry, string param)
    {
        Assert.Equal(param, (await AddAsync(entry)).Refused?.Param);
        Assert.Empty(store.Rules);
    }

    [Fact]
    public async Task A_circle_is_refused_and_named()
    {
        (await AddAsync(new("a", "b") { WhenDown = true })).Required();
        (await AddAsync(new("b", "c") { InputPriceAbove = 1 })).Required();

        var circle = await AddAsync(new("c", "a") { WhenWithdrawn = true });

        Assert.Equal("use", circle.Refused!.Param);
        Assert.Contains("a -> b -> c -> a", circle.Refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, store.Rules.Count);
    }

    [Fact]
    public async Task A_circle_that_only_one_account_meets_is_one_too()
    {
        (await AddAsync(new("a", "b") { WhenDown = true })).Required();

        Assert.Equal("use", (await AddAsync(new("b", "a") { WhenDown = true }, me)).Refused?.Param);
    }

    [Fact]
    public async Task A_rule_of_its_own_frees_an_account_from_everybodys_so_that_it_is_no_circle()
    {
        (await AddAsync(new("a", "b") { WhenDown = true })).Required();
        (await AddAsync(new("a", "c") { WhenDown = true }, me)).Required(); // in place of a -> b

        (await AddAsync(new("b", "a") { WhenDown = true }, me)).Required();
    }

    [Fact]
    public async Task A_chain_has_at_most_four_steps()
    {
        foreach (var (from, to) in new[] { ("a", "b"), ("b", "c"), ("c", "d"), ("d", "e") })
            (await AddAsync(new(from, to) { WhenDown = true })).Required();

        var longer = await AddAsync(new("e", "f") { WhenDown = true });

        Assert.Equal("use", longer.Refused?.Param);
        Assert.Contains("a -> b -> c -> d -> e -> f", longer.Refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_a_bound_of_rules_for_a_model()
    {
        for (var i = 0; i < SubstitutionEditing.RulesMax; i++)
            (await AddAsync(new("a", "b") { InputPriceAbove = i })).Required();

        Assert.Equal("conflict", (await AddAsync(new("a", "b") { InputPriceAbove = 99 })).Refused?.Problem.Code);
        (await AddAsync(new("a", "b") { InputPriceAbove = 99 }, me)).Required();
    }

    private Task<Outcome<Substitution>> AddAsync(SubstitutionEntry entry, AccountId? account = null) =>
        editing.AddAsync(account, entry, CancellationToken.None);

    private static Model Model(string id, string? ofClass, int? quality, ModelKind kind = ModelKind.Chat) =>
        new(id, id, "test", 0, 1000, 1000, 0, false, null, "max_tokens", [])
        {
            Kind = kind,
            Profile = new ModelProfile { Class = ofClass, Quality = quality is { } score ? new QualityScore(score, "test") : null },
        };

    private sealed class Store : ISubstitutionStore, IConfigurationStore
    {
        public List<Substitution> Rules { get; } = [];

        public Task<IReadOnlyList<Substitution>> LoadAsync(CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<Substitution>>([.. Rules]);

        private long version;

        public Task<IReadOnlyDictionary<string, long>> VersionsAsync(CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyDictionary<string, long>>(
                new Dictionary<string, long> { [ConfigurationAreas.Substitutions] = version }
            );

        public Task AddAsync(Substitution rule, CancellationToken cancellation)
        {
            version++;
            Rules.Add(rule);
            return Task.CompletedTask;
        }

        public Task<bool> RemoveAsync(SubstitutionId id, CancellationToken cancellation)
        {
            version++;
            return Task.FromResult(Rules.RemoveAll(rule => rule.Id == id) > 0);
        }
    }
}
