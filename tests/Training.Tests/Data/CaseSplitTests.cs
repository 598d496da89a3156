using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Tests.Data;

public sealed class CaseSplitTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void Lists_are_read_without_blank_lines_and_spaces()
    {
        var split = CaseSplit.FromFiles([temporary.WriteLines("a", " 1 ", "", "2"), temporary.WriteLines("b", "3")], temporary.WriteLines("c", "4"));

        Assert.Equal(["1", "2", "3"], split.Training.Order());
        Assert.Equal(["4"], split.Validation);
    }

    [Fact]
    public void A_case_on_both_sides_is_named()
    {
        var error = Assert.Throws<DatasetException>(() => CaseSplit.FromFiles([temporary.WriteLines("a", "1", "2")], temporary.WriteLines("b", "2", "3")));

        Assert.Contains("cases 2 are", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("1", "")]
    public void An_empty_side_is_an_error(string training, string validation) =>
        Assert.Throws<DatasetException>(() => CaseSplit.FromFiles([temporary.WriteLines("a", training)], temporary.WriteLines("b", validation)));

    [Fact]
    public void A_list_that_is_not_there_is_named()
    {
        var error = Assert.Throws<DatasetException>(() => CaseSplit.FromFiles([temporary.At("nowhere.txt")], temporary.WriteLines("b", "1")));

        Assert.Contains(temporary.At("nowhere.txt"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_a_folder_is_named()
    {
        var error = Assert.Throws<DatasetException>(() => CaseSplit.FromFiles([temporary.WriteLines("a", "1")], temporary.Path));

        Assert.Contains(temporary.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_case_is_validated_on_in_one_fold_and_folds_have_a_like_share_of_idc()
    {
        var cases = Enumerable.Range(0, 50).Select(i => new CaseCount($"{i}", 100, i * 2)).ToList();

        var folds = CaseSplit.Folds(cases, 5, 1);

        Assert.Equal(cases.Select(item => item.Case).Order(), folds.SelectMany(fold => fold.Validation).Order());
        Assert.All(folds, fold => Assert.Equal((10, 40), (fold.Validation.Count, fold.Training.Count)));

        // The mean share is 49 %; a fold takes one of each five like ones, so it can be off by two cases' step of 2 % at most each way.
        Assert.All(folds, fold => Assert.InRange(cases.Where(item => fold.Validation.Contains(item.Case)).Average(item => item.IdcShare), 0.45, 0.53));
        Assert.NotEqual(folds[0].Sha256, CaseSplit.Folds(cases, 5, 2)[0].Sha256);
    }

    [Fact]
    public void More_folds_than_cases_are_refused() => Assert.Throws<DatasetException>(() => CaseSplit.Folds(Cases(3), 4, 1));

    /// <summary>It once was found when the fold's turn came, hours later, and again at each start.</summary>
    [Theory]
    [InlineData(0, "validated on patches of one class")]
    [InlineData(100, "trained on patches of one class")]
    public void A_fold_with_one_class_on_a_side_is_named_when_the_folds_are_made(int idcOfTheOthers, string fault)
    {
        CaseCount[] cases = [.. Enumerable.Range(1, 4).Select(id => new CaseCount($"{id}", 100, id == 1 ? 50 : idcOfTheOthers))];

        var error = Assert.Throws<DatasetException>(() => CaseSplit.Folds(cases, 4, 1));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Contains("fewer folds", error.Message, StringComparison.Ordinal);
        Assert.Matches("fold [1-4]", error.Message);
        Assert.Equal(4, CaseSplit.Folds(Cases(4), 4, 1).Count);
    }

    [Fact]
    public void A_leaking_split_has_each_patch_once_and_says_in_its_file_and_hash_that_it_leaks()
    {
        using var pack = new PatchIntake(temporary.At("packs")).Open(SyntheticPatches.Write(temporary.At("set"), ["1", "2"], 20));

        var split = CaseSplit.Leaking(pack.Cases, new PatchLeak(0.25, 1));
        var (training, validation) = split.Of(pack);

        Assert.Equal(pack.Patches.ToHashSet(), training.Patches.Concat(validation.Patches).ToHashSet());
        Assert.Equal(80, training.Patches.Count + validation.Patches.Count);
        Assert.InRange(validation.Patches.Count, 10, 30);
        Assert.Equal(["1", "2"], validation.Patches.Select(patch => patch.Case).Distinct());
        var read = CaseSplit.FromJsonFile(temporary.WriteLines("split.json", split.ToJson()));
        Assert.Equal(split.Leak, read.Leak);
        Assert.NotEqual(split.Sha256, CaseSplit.Leaking(pack.Cases, new PatchLeak(0.25, 2)).Sha256);
    }

    [Fact]
    public void A_drawn_split_has_the_share_asked_for_and_every_case_once()
    {
        var cases = Cases(50);

        var split = CaseSplit.Draw(cases, 0.2, 1);

        Assert.Equal(10, split.Validation.Count);
        Assert.Equal(cases.Select(item => item.Case).Order(), split.Training.Concat(split.Validation).Order());
    }

    [Fact]
    public void A_drawn_split_has_cases_of_little_and_of_much_idc_on_both_sides()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var split = CaseSplit.Draw(Cases(50), 0.2, seed);

            double MeanShare(IEnumerable<string> side) => side.Average(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture) / 50.0);
            Assert.InRange(MeanShare(split.Validation) - MeanShare(split.Training), -0.1, 0.1);
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_split_and_another_seed_another()
    {
        Assert.Equal(CaseSplit.Draw(Cases(50), 0.2, 1).Sha256, CaseSplit.Draw([.. Cases(50).Reverse()], 0.2, 1).Sha256);
        Assert.NotEqual(CaseSplit.Draw(Cases(50), 0.2, 1).Sha256, CaseSplit.Draw(Cases(50), 0.2, 2).Sha256);
    }

    [Theory]
    [InlineData(2, 0.01)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.5)]
    public void No_side_of_a_drawn_split_is_empty(int count, double share)
    {
        var split = CaseSplit.Draw(Cases(count), share, 1);

        Assert.NotEmpty(split.Training);
        Assert.NotEmpty(split.Validation);
    }

    [Fact]
    public void One_case_can_not_be_split() => Assert.Throws<DatasetException>(() => CaseSplit.Draw(Cases(1), 0.2, 1));

    [Fact]
    public void A_split_survives_its_json()
    {
        var split = CaseSplit.Draw(Cases(10), 0.2, 1);
        File.WriteAllText(temporary.At("split.json"), split.ToJson());

        var read = CaseSplit.FromJsonFile(temporary.At("split.json"));

        Assert.Equal(split.Training.Order(), read.Training.Order());
        Assert.Equal(split.Validation.Order(), read.Validation.Order());
        Assert.Equal(split.Sha256, read.Sha256);
    }

    [Fact]
    public void A_split_that_was_changed_by_hand_is_refused()
    {
        File.WriteAllText(temporary.At("split.json"), CaseSplit.Draw(Cases(10), 0.2, 1).ToJson().Replace("\"10\"", "\"11\"", StringComparison.Ordinal));

        Assert.Throws<DatasetException>(() => CaseSplit.FromJsonFile(temporary.At("split.json")));
    }

    [Fact]
    public void A_split_that_is_no_json_is_named()
    {
        var error = Assert.Throws<DatasetException>(() => CaseSplit.FromJsonFile(temporary.WriteLines("split.json", "no json")));

        Assert.Contains(temporary.At("split.json"), error.Message, StringComparison.Ordinal);
    }

    /// <summary>Case i of n has i·2 IDC patches of 100.</summary>
    private static CaseCount[] Cases(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new CaseCount(i.ToString(System.Globalization.CultureInfo.InvariantCulture), 100, 2 * i))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Corrected_cases_are_on_the_training_side_of_every_drawn_split(int seed)
    {
        CaseCount[] cases = [.. Enumerable.Range(1, 10).Select(id => new CaseCount($"{id}", 10, id) { IsCorrected = id % 2 == 0 })];
        string[] corrected = ["10", "2", "4", "6", "8"];

        Assert.All(CaseSplit.Folds(cases, 5, seed).Append(CaseSplit.Draw(cases, 0.5, seed)), split =>
        {
            Assert.Subset(split.Training.ToHashSet(), corrected.ToHashSet());
            Assert.Empty(split.Validation.Intersect(corrected));
        });
        Assert.Throws<DatasetException>(() => CaseSplit.Draw([.. cases.Where(item => item.IsCorrected)], 0.5, seed));
    }

    [Fact]
    public void What_begins_with_weights_is_not_validated_on_the_cases_they_were_trained_on_and_passes_those_on()
    {
        var earlier = CaseSplit.FromFiles([temporary.WriteLines("a", "old", "1", "2", "3")], temporary.WriteLines("b", "4"));
        List<CaseCount> cases = [.. Enumerable.Range(1, 6).Select(i => new CaseCount($"{i}", 10, i))];

        foreach (var seed in Enumerable.Range(0, 20))
        {
            var drawn = CaseSplit.Draw(cases, 0.5, seed, earlier);

            Assert.Empty(drawn.Validation.Intersect(["1", "2", "3"]));
            Assert.Equal(["old"], drawn.Inherited);
            var read = CaseSplit.FromJsonFile(temporary.WriteLines($"split-{seed}.json", drawn.ToJson()));
            Assert.Equal(["1", "2", "3", "old"], new[] { "old", "1", "2", "3" }.Where(read.Knows).Order(StringComparer.Ordinal));
            Assert.Equal(drawn.Sha256, read.Sha256);
            Assert.NotEqual(new CaseSplit(drawn.Training, drawn.Validation).Sha256, read.Sha256);
        }
    }

    [Fact]
    public void Weights_that_were_trained_on_a_validation_case_are_refused_in_the_next_generation_too()
    {
        var first = CaseSplit.FromFiles([temporary.WriteLines("a", "1")], temporary.WriteLines("b", "2"));
        var second = CaseSplit.FromFiles([temporary.WriteLines("c", "3")], temporary.WriteLines("d", "4")).BegunWith(first);

        var error = Assert.Throws<DatasetException>(() => CaseSplit.FromFiles([temporary.WriteLines("e", "5")], temporary.WriteLines("f", "1", "2", "6")).BegunWith(second));

        Assert.Contains("were trained on the cases 1, which", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_of_which_the_weights_know_every_case_can_t_be_split()
    {
        var earlier = CaseSplit.FromFiles([temporary.WriteLines("a", "1", "2")], temporary.WriteLines("b", "3"));

        var error = Assert.Throws<DatasetException>(() => CaseSplit.Draw([new CaseCount("1", 10, 5), new CaseCount("2", 10, 5)], 0.2, 1, earlier));

        Assert.Contains("2 that the weights to begin with were trained on", error.Message, StringComparison.Ordinal);
    }
}
