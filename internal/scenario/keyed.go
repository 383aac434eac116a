package scenario

// keyed holds facts in the order they came, each under what identifies it: a later fact of the same key takes the place of
// the earlier one, as a correction does in the database.
type keyed[K comparable, V any] struct {
	at   map[K]int
	rows []V
}

func (k *keyed[K, V]) put(key K, v V) {
	if i, known := k.at[key]; known {
		k.rows[i] = v
		return
	}
	if k.at == nil {
		k.at = map[K]int{}
	}
	k.at[key] = len(k.rows)
	k.rows = append(k.rows, v)
}

// number gives each name a number of its own, from 1 in the order of their coming.
type number[K comparable] map[K]int64

func (n number[K]) of(name K) int64 {
	if id, known := n[name]; known {
		return id
	}
	n[name] = int64(len(n)) + 1
	return n[name]
}
