package name

import ("testing";"fmt")
func TestXTry(t *testing.T) {
	for _, p := range []Part{{Family,"Шевченко"},{Given,"Александр"},{Family,"Khodyrev"},{Patronymic,"Сергеевич"},{Family,"Ходырев"}} {
		f := Forms(p)
		fmt.Println(p, len(f))
		for i, x := range f { if i < 150 {fmt.Print(x.Text," ") }}
		fmt.Println()
	}
	for _, s := range []string{"Петров Иван Сергеевич","Иван Сергеевич Петров","И.И. Петров","Петров И. И.","PETROV Ivan","Petrov, Ivan","Олена Шевченко","Шевченко Олена","Иванова (Петрова) Мария","Саша","Рашид Бейбутов оглы", "Мария Анна Коваль"} { fmt.Println(Parse(s)[0].Kind, fmt.Sprintf("%v", []Part(Parse(s)))) }
}
